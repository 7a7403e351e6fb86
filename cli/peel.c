/* peel.c - reads the lines that a tag and a commit begin with. */
#include "peel.h"

#include "message.h"

#include <string.h>

/* Holds "object ID": of what comes behind nothing is wanted. */
#define HEAD_MOST 128

struct head {
    enum packread_type type;
    char text[HEAD_MOST];
    size_t size;
};

static int begin(void *context, const packread_id *id, enum packread_type type, uint64_t size)
{
    struct head *head = context;

    (void)id;
    (void)size;
    head->type = type;
    return 0;
}

static int take(void *context, const void *bytes, size_t size)
{
    struct head *head = context;
    size_t left = sizeof head->text - head->size;
    size_t taken = size < left ? size : left;

    memcpy(head->text + head->size, bytes, taken);
    head->size += taken;
    return 0;
}

/* The id in the first line, behind `word`. */
static bool first_id(const struct head *head, const char *word, size_t id_size, packread_id *id)
{
    size_t length = strlen(word);
    size_t digits = 2 * id_size;

    return head->size > length + digits && memcmp(head->text, word, length) == 0 &&
           head->text[length + digits] == '\n' &&
           packread_id_parse(head->text + length, digits, id) == 0;
}

packread_id peel_replaced(const struct where *source, const packread_id *id)
{
    packread_name name = {.struct_size = sizeof name};
    char hex[PACKREAD_HEX_MAX + 1];

    packread_id_format(id, hex);
    if (packread_reader_resolve(source->reader, hex, strlen(hex), 0, &name, NULL) != 0)
        return *id;
    return name.contents;
}

/* What leads to the object at hand: a tag, or a commit. */
struct above {
    enum packread_type type; /* PACKREAD_NONE: nothing does */
    packread_id id;
    enum packread_type says; /* what type the object has; PACKREAD_NONE: it does not */
};

/* The type in a tag's second line. */
static enum packread_type type_line(const struct head *head, size_t id_size)
{
    static const char word[] = "\ntype ";
    const char *at = head->text + strlen("object ") + 2 * id_size;
    const char *const head_end = head->text + head->size;
    const char *end;

    if ((size_t)(head_end - at) < sizeof word - 1 || memcmp(at, word, sizeof word - 1) != 0)
        return PACKREAD_NONE;
    at += sizeof word - 1;
    end = memchr(at, '\n', (size_t)(head_end - at));
    return end != NULL ? packread_type_parse(at, (size_t)(end - at)) : PACKREAD_NONE;
}

/* Goes on to what the object, a tag or commit, hangs on. */
static bool step(struct above *above, const struct head *head, packread_id *at)
{
    const bool is_tag = head->type == PACKREAD_TAG;

    *above = (struct above){.type = head->type, .id = *at, .says = PACKREAD_TREE};
    if (!first_id(head, is_tag ? "object " : "tree ", above->id.size, at))
        return false;
    if (is_tag)
        above->says = type_line(head, above->id.size);
    return true;
}

static enum status tell_other_type(const struct where *source, const struct above *above,
                                   const packread_id *id, enum packread_type type)
{
    char hex[PACKREAD_HEX_MAX + 1];
    char above_hex[PACKREAD_HEX_MAX + 1];

    packread_id_format(id, hex);
    packread_id_format(&above->id, above_hex);
    message_error("%s: %s: corrupt %s: what it names as its %s, %s, is a %s", source->path,
                  above_hex, packread_type_name(above->type), packread_type_name(above->says), hex,
                  packread_type_name(type));
    return STATUS_DAMAGED;
}

enum status peel_to_tree(const struct where *source, const packread_id *id, packread_id *tree)
{
    struct above above = {.type = PACKREAD_NONE, .says = PACKREAD_NONE};
    packread_id at = *id;

    /* A tag cannot hang on itself: its id would have to be in what is hashed to it. */
    for (;;) {
        struct head head = {.type = PACKREAD_NONE};
        const packread_sink sink = {.begin = begin, .data = take, .context = &head};
        packread_error error = {0};
        char hex[PACKREAD_HEX_MAX + 1];

        if (packread_reader_stream(source->reader, &at, &sink, &error) != 0) {
            enum status status = message_object_failure(source->path, &at, &error);

            /* What was asked for is there, and what it hangs on is not. */
            return status == STATUS_ABSENT && packread_id_compare(&at, id) != 0 ? STATUS_DAMAGED
                                                                                : status;
        }
        if (above.says != PACKREAD_NONE && above.says != head.type)
            return tell_other_type(source, &above, &at, head.type);
        if (head.type == PACKREAD_TREE) {
            *tree = at;
            return STATUS_OK;
        }
        packread_id_format(&at, hex);
        if (head.type == PACKREAD_BLOB) {
            message_error("%s: %s: a blob: --as=tree takes a tree, or a commit or tag of one",
                          source->path, hex);
            return STATUS_USAGE;
        }
        if (!step(&above, &head, &at)) {
            message_error("%s: %s: malformed %s: it does not begin with an id", source->path, hex,
                          packread_type_name(head.type));
            return STATUS_DAMAGED;
        }
        at = peel_replaced(source, &at);
    }
}
