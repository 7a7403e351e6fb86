/* line_format.h - lines made of git's atoms, %(objectname) and so on, and of ours.
 *
 * A format is compiled once into steps and then run for each object. */
#ifndef LINE_FORMAT_H
#define LINE_FORMAT_H

#include "where.h"

enum format_atom {
    FORMAT_LITERAL = 0,
    FORMAT_NAME,   /* %(objectname) */
    FORMAT_TYPE,   /* %(objecttype) */
    FORMAT_SIZE,   /* %(objectsize) */
    FORMAT_DISK,   /* %(objectsize:disk) */
    FORMAT_BASE,   /* %(deltabase): zeros where the object is stored whole */
    FORMAT_REST,   /* %(rest): what follows the name on a line of batch */
    FORMAT_MODE,   /* %(objectmode): of the tree's entry that batch was given by path */
    FORMAT_OFFSET, /* %(offset) */
    FORMAT_DEPTH,  /* %(depth) */
    FORMAT_CRC,    /* %(crc32): "-" where the index has none */
    FORMAT_PACK,   /* %(pack): its name without ".pack", "-" where it is in none */
    FORMAT_STORE,  /* %(store): pack, loose or built-in */
    FORMAT_FILE    /* %(file): of the pack, or of the loose object */
};

struct format_step {
    enum format_atom atom;
    const char *literal; /* points into the text that was compiled */
    size_t length;
};

struct format {
    struct format_step *steps;
    size_t count;
    unsigned want;    /* of enum packread_want */
    unsigned rests;   /* how often %(rest) stands in it */
    bool has_place;   /* names where the object lies */
    bool has_facts;   /* an atom that is a fact of the object: a member in JSON */
    bool tells_place; /* in JSON: where the object lies, behind the other members */
    char end;         /* of a line: '\n' unless it is set otherwise */
};

#define FORMAT_DEFAULT "%(objectname) %(objecttype) %(objectsize)"

/* `text` must outlive the format. Prints what is wrong. Free with format_free. */
enum status format_compile(struct format *format, const char *command, const char *text);
void format_free(struct format *format);

/* What a line has of the request that it answers; all zero: nothing. */
struct format_request {
    void (*print_rest)(void *context); /* what %(rest) stands for; may be NULL */
    void *context;
    bool has_mode;
    uint32_t mode;
};

/* Prints one line. `request` may be NULL: nothing. */
void format_print(const struct format *format, const struct where *source,
                  const packread_info *info, const struct format_request *request);
/* The same as a JSON object with a member for each atom. */
void format_print_json(const struct format *format, const struct where *source,
                       const packread_info *info);

#endif
