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

enum status peel_to_tree(const struct where *source, const packread_id *id, packread_id *tree)
{
    packread_id at = *id;

    /* A tag cannot hang on itself: its id would have to be in what is hashed to it. */
    for (;;) {
        struct head head = {.type = PACKREAD_NONE};
        const packread_sink sink = {.begin = begin, .data = take, .context = &head};
        packread_error error = {0};
        char hex[PACKREAD_HEX_MAX + 1];
        const packread_id from = at;
        bool has_id;

        if (packread_reader_stream(source->reader, &at, &sink, &error) != 0) {
            enum status status = message_object_failure(source->path, &at, &error);

            /* What was asked for is there, and what it hangs on is not. */
            return status == STATUS_ABSENT && packread_id_compare(&at, id) != 0 ? STATUS_DAMAGED
                                                                                : status;
        }
        packread_id_format(&from, hex);
        switch (head.type) {
        case PACKREAD_TREE:
            *tree = at;
            return STATUS_OK;
        case PACKREAD_COMMIT:
            has_id = first_id(&head, "tree ", from.size, &at);
            break;
        case PACKREAD_TAG:
            has_id = first_id(&head, "object ", from.size, &at);
            break;
        default:
            message_error("%s: %s: a blob: --as=tree takes a tree, or a commit or tag of one",
                          source->path, hex);
            return STATUS_USAGE;
        }
        if (!has_id) {
            message_error("%s: %s: malformed %s: it does not begin with an id", source->path, hex,
                          packread_type_name(head.type));
            return STATUS_DAMAGED;
        }
        at = peel_replaced(source, &at);
    }
}
