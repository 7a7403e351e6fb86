/* cases.h - the tables of malformed packs and indexes: how each is made, and what is to be said of
 * it. */
#ifndef CASES_H
#define CASES_H

#include "shop.h"

enum verdict {
    FOUND,  /* it opens, and verify finds what is expected */
    LEGAL,  /* odd, but nothing is wrong */
    UNREAD, /* all objects can be read, but verify finds that git cannot read one */
    REFUSED /* it cannot be opened: neither pack nor index say what is in it */
};

struct malformed_case {
    const char *name;
    void (*build)(struct shop *shop, const struct malformed_case *of);
    enum verdict verdict;
    const char *text;      /* a part of what is said; the builder says of what */
    uint64_t number;       /* for the builder */
    uint64_t other;        /* for the builder */
    uint64_t memory_limit; /* 0: the default */
};

/* What the verdict makes of the odd object. */
static inline void case_settle(struct shop *shop, size_t odd, const struct malformed_case *of)
{
    if (of->verdict != FOUND)
        shop->objects[odd].damaged = false;
    if (of->verdict != LEGAL)
        shop_expect(shop, odd, of->text);
}

struct case_table {
    const struct malformed_case *cases;
    size_t count;
};

#define CASE_TABLE(list)                       \
    {                                          \
        (list), sizeof(list) / sizeof(list)[0] \
    }

extern const struct case_table cases_header;
extern const struct case_table cases_bounds;
extern const struct case_table cases_entry;
extern const struct case_table cases_zlib;
extern const struct case_table cases_delta;
extern const struct case_table cases_base;
extern const struct case_table cases_index;
extern const struct case_table cases_rows;
extern const struct case_table cases_index_v1;
extern const struct case_table cases_content;

#endif
