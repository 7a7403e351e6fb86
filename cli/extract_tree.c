/* extract_tree.c - walks down the trees, entry by entry, and says what becomes of each. */
#include "extract_tree.h"

#include "folder_below.h"
#include "message.h"
#include "peel.h"
#include "progress.h"
#include "tree_names.h"
#include "tree_order.h"
#include "tree_writer.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TYPE_BITS 0170000u
#define MODE_FOLDER 0040000u
#define MODE_FILE 0100000u
#define MODE_LINK 0120000u
#define MODE_COMMIT 0160000u
#define MODE_EXECUTABLE 0100u

#define DEPTH_MOST                                                                   \
    ((size_t)1 << 16)   /* levels; git gives up at 2,048 or where a path is too long \
                         */
#define SHOWN_MOST 1024 /* bytes of a path in a message */
#define KEPT_PART 4     /* of the memory limit, for trees on the way down */

#ifndef PATH_MAX
#define PATH_MAX 4096
#endif

/* A tree that is being walked. */
struct frame {
    packread_id id;
    size_t size;             /* of the tree */
    size_t next;             /* where the entry at hand begins */
    packread_object object;  /* kept, if its data is not NULL */
    struct tree_order order; /* of all its entries */
    size_t again;            /* of order.again: the first that is not before `next` */
};

struct walk {
    const struct where *source;
    const char *target;
    struct tree_writer writer;
    struct frame *frames; /* one more than the writer has levels */
    size_t depth;
    size_t capacity;
    size_t first_kept;  /* frames before it have given their objects up */
    uint64_t kept;      /* bytes of objects */
    uint64_t kept_most; /* but for the two innermost */
    uint64_t entries;
    enum status status;
    bool is_over; /* nothing more can be written */
    bool has_told_elsewhere;
};

/* ---- What is told --------------------------------------------------------------------------- */

static void note(struct walk *walk, enum status status)
{
    /* What is not there is missing from what was asked for. */
    if (status == STATUS_ABSENT)
        status = STATUS_DAMAGED;
    walk->status = status_worse(walk->status, status);
}

/* Says something of the entry that is named, or of the folder. */
static void tell(const struct walk *walk, const char *what, const char *why)
{
    char path[SHOWN_MOST];
    char tree[PACKREAD_HEX_MAX + 1];

    tree_writer_path(&walk->writer, path, sizeof path);
    packread_id_format(&walk->frames[walk->depth - 1].id, tree);
    message_error("%s: %s: %s%s%s%s", walk->source->path, tree, path, path[0] != '\0' ? ": " : "",
                  what, why);
}

static void refuse(struct walk *walk, const char *why)
{
    tell(walk, "refused: ", why);
    note(walk, STATUS_DAMAGED);
}

/* Once: who promised what is missing. */
static void tell_missing(struct walk *walk, const char *what)
{
    char elsewhere[512] = "";

    if (!walk->has_told_elsewhere)
        where_describe_elsewhere(walk->source, elsewhere, sizeof elsewhere);
    walk->has_told_elsewhere = true;
    tell(walk, what, elsewhere);
    note(walk, STATUS_DAMAGED);
}

/* An object that an entry names. */
static void tell_unreadable(struct walk *walk, const packread_id *id, const packread_error *error)
{
    char what[PACKREAD_HEX_MAX + 32];

    packread_id_format(id, what);
    if (error->code == PACKREAD_ERROR_NOT_FOUND) {
        strcat(what, ": not found");
        tell_missing(walk, what);
        return;
    }
    note(walk, message_object_failure(walk->source->path, id, error));
    strcat(what, ": cannot be read");
    tell(walk, what, "");
}

/* What the file system has against one entry alone; NULL: it is not that. */
static const char *refusal_of(int failure)
{
    switch (failure) {
    case EEXIST:
        return "something is there already";
    case ENOTDIR:
    case ELOOP:
        return "something is there already, and is no folder";
    case ENAMETOOLONG:
        return "the name is too long for the file system";
    case EILSEQ:
    case EINVAL:
        return "the file system does not take the name";
    default:
        return NULL;
    }
}

/* A call of the system's failed on the entry. */
static void tell_unwritten(struct walk *walk, int failure)
{
    const char *refusal = refusal_of(failure);
    char shown[SHOWN_MOST];
    char *path;
    size_t size;

    if (refusal != NULL) {
        refuse(walk, refusal);
        return;
    }
    tree_writer_path(&walk->writer, shown, sizeof shown);
    size = strlen(walk->target) + strlen(shown) + 2;
    path = malloc(size);
    if (path != NULL)
        snprintf(path, size, "%s/%s", walk->target, shown);
    note(walk, message_system(path != NULL ? path : walk->target, "cannot be written", failure));
    free(path);
    walk->is_over = (failure != EACCES && failure != EPERM && failure != ENOENT) ||
                    tree_writer_is_shut(&walk->writer);
}

/* ---- Trees ---------------------------------------------------------------------------------- */

static void give_up_object(struct walk *walk, struct frame *frame)
{
    if (frame->object.data == NULL)
        return;
    walk->kept -= frame->object.size;
    packread_object_release(&frame->object);
}

/* Objects of the frames before `end`, the outermost first, until so little is kept. */
static void give_up_before(struct walk *walk, size_t end, uint64_t most)
{
    for (; walk->first_kept < end && walk->kept > most; walk->first_kept++)
        give_up_object(walk, &walk->frames[walk->first_kept]);
}

static int refuse_type(enum packread_type type, packread_error *error)
{
    *error = (packread_error){.code = PACKREAD_ERROR_CORRUPT};
    snprintf(error->text, sizeof error->text, "a %s where a tree should be",
             packread_type_name(type));
    return error->code;
}

/* The innermost frame's contents, read again if they were given up. */
static int load(struct walk *walk, packread_error *error)
{
    struct frame *frame = &walk->frames[walk->depth - 1];
    packread_reader *reader = walk->source->reader;
    packread_object object;
    int failure;

    if (frame->object.data != NULL)
        return 0;
    failure = packread_reader_read(reader, &frame->id, &object, error);
    if (failure == PACKREAD_ERROR_BUDGET && walk->kept > 0) {
        give_up_before(walk, walk->depth - 1, 0);
        failure = packread_reader_read(reader, &frame->id, &object, error);
    }
    if (failure == 0 && object.type != PACKREAD_TREE)
        failure = refuse_type(object.type, error);
    if (failure == 0)
        failure = packread_object_keep(&object, error);
    if (failure != 0)
        return failure;
    frame->object = object;
    frame->size = object.size;
    walk->kept += object.size;
    if (walk->first_kept > walk->depth - 1)
        walk->first_kept = walk->depth - 1;
    if (walk->depth > 2)
        give_up_before(walk, walk->depth - 2, walk->kept_most);
    return 0;
}

static bool push(struct walk *walk, const packread_id *id)
{
    size_t capacity = walk->capacity != 0 ? walk->capacity * 2 : 16;
    struct frame *grown;

    if (walk->depth == walk->capacity) {
        grown = realloc(walk->frames, capacity * sizeof *grown);
        if (grown == NULL)
            return false;
        walk->frames = grown;
        walk->capacity = capacity;
    }
    walk->frames[walk->depth++] = (struct frame){.id = *id};
    return true;
}

static void pop(struct walk *walk)
{
    struct frame *frame = &walk->frames[--walk->depth];

    give_up_object(walk, frame);
    tree_order_free(&frame->order);
    if (walk->first_kept > walk->depth)
        walk->first_kept = walk->depth;
}

static int check_order(struct walk *walk)
{
    struct frame *frame = &walk->frames[walk->depth - 1];

    return tree_order_check(frame->object.data, frame->size, frame->id.size, &frame->order);
}

static void tell_order(struct walk *walk)
{
    if (walk->frames[walk->depth - 1].order.is_sorted)
        return;
    tell(walk, "the tree's entries are not in git's order", "");
    note(walk, STATUS_DAMAGED);
}

/* Reads the tree and goes into its folder. */
static void enter(struct walk *walk, const packread_tree_entry *entry)
{
    const packread_id id = peel_replaced(walk->source, &entry->id);
    packread_error error = {0};
    int failure;

    if (walk->depth > DEPTH_MOST) {
        refuse(walk, "it lies too many folders deep");
        return;
    }
    if (!push(walk, &id)) {
        tell_unwritten(walk, ENOMEM);
        return;
    }
    if (load(walk, &error) != 0) {
        pop(walk);
        tell_unreadable(walk, &id, &error);
        return;
    }
    failure = check_order(walk);
    if (failure == 0)
        failure = tree_writer_enter(&walk->writer);
    if (failure != 0) {
        pop(walk);
        tell_unwritten(walk, failure);
        return;
    }
    tell_order(walk);
}

/* ---- Files and links ------------------------------------------------------------------------ */

/* A blob on its way. */
struct blob {
    struct tree_writer *writer;
    bool is_link;
    bool is_executable;
    int failure;         /* of the system, which stopped it */
    const char *refusal; /* or this did */
    char target[PATH_MAX];
    size_t used;
};

static int begin_blob(void *context, const packread_id *id, enum packread_type type, uint64_t size)
{
    struct blob *blob = context;

    (void)id;
    if (type != PACKREAD_BLOB)
        blob->refusal = "what it names is no blob";
    else if (blob->is_link && size == 0)
        blob->refusal = "a symbolic link to nothing";
    else if (blob->is_link && size >= sizeof blob->target)
        blob->refusal = "a symbolic link whose target is too long";
    else if (!blob->is_link)
        blob->failure = tree_writer_begin_file(blob->writer, blob->is_executable);
    return blob->refusal != NULL || blob->failure != 0;
}

static int take_blob(void *context, const void *bytes, size_t size)
{
    struct blob *blob = context;

    if (!blob->is_link) {
        blob->failure = tree_writer_write(blob->writer, bytes, size);
    } else {
        memcpy(blob->target + blob->used, bytes, size);
        blob->used += size;
    }
    return blob->failure;
}

static void make_link(struct blob *blob)
{
    blob->target[blob->used] = '\0';
    if (strlen(blob->target) != blob->used)
        blob->refusal = "a symbolic link with a NUL in its target";
    else
        blob->failure = tree_writer_link(blob->writer, blob->target);
}

static void extract_blob(struct walk *walk, const packread_tree_entry *entry)
{
    struct blob blob = {.writer = &walk->writer,
                        .is_link = (entry->mode & TYPE_BITS) == MODE_LINK,
                        .is_executable = (entry->mode & MODE_EXECUTABLE) != 0};
    const packread_sink sink = {.begin = begin_blob, .data = take_blob, .context = &blob};
    const packread_id id = peel_replaced(walk->source, &entry->id);
    packread_error error = {0};
    int failure = packread_reader_stream(walk->source->reader, &id, &sink, &error);

    if (failure == 0 && blob.is_link)
        make_link(&blob);
    else if (failure == 0)
        blob.failure = tree_writer_finish_file(&walk->writer);
    else
        tree_writer_abort_file(&walk->writer);
    if (blob.refusal != NULL)
        refuse(walk, blob.refusal);
    else if (blob.failure != 0)
        tell_unwritten(walk, blob.failure);
    else if (failure != 0)
        tell_unreadable(walk, &id, &error);
}

/* ---- Entries -------------------------------------------------------------------------------- */

static void refuse_mode(struct walk *walk, uint32_t mode)
{
    char text[80];

    snprintf(text, sizeof text, "mode %06o is of no file, link, folder or submodule",
             (unsigned)mode);
    refuse(walk, text);
}

static void extract_entry(struct walk *walk, const packread_tree_entry *entry, bool is_again)
{
    const uint32_t type = entry->mode & ~07777u;
    const char *refusal = tree_name_refused(entry->name, entry->name_size, type == MODE_LINK);
    int failure = tree_writer_name(&walk->writer, entry->name, entry->name_size);

    if (failure != 0)
        tell_unwritten(walk, failure);
    else if (refusal != NULL)
        refuse(walk, refusal);
    else if (is_again)
        refuse(walk, "an entry before it has the same name");
    else if (type == MODE_FILE || type == MODE_LINK)
        extract_blob(walk, entry);
    else if (type == MODE_FOLDER)
        enter(walk, entry);
    else if (type != MODE_COMMIT)
        refuse_mode(walk, entry->mode);
    else if ((failure = tree_writer_make_folder(&walk->writer)) != 0)
        tell_unwritten(walk, failure);
}

/* An entry that cannot be parsed. False where none can follow it. */
static bool refuse_malformed(struct walk *walk, const packread_tree_entry *entry, size_t at,
                             const packread_error *error)
{
    char text[240];

    (void)tree_writer_name(&walk->writer, (const unsigned char *)"", 0);
    snprintf(text, sizeof text, "%s at byte %zu%s", error->text, at,
             entry->length == 0 ? "; what follows it is left out" : "");
    refuse(walk, text);
    return entry->length > 0;
}

static void leave(struct walk *walk)
{
    pop(walk);
    if (walk->depth > 0)
        tree_writer_leave(&walk->writer);
}

/* Back in a folder: its tree may have to be read, and the folder opened, again. */
static bool come_back(struct walk *walk)
{
    const packread_id id = walk->frames[walk->depth - 1].id;
    packread_error error = {0};
    int failure = tree_writer_reach(&walk->writer);

    if (folder_below_is_taken(failure)) {
        refuse(walk, "something else took the folder's place meanwhile");
        return false;
    }
    if (failure != 0) {
        tell_unwritten(walk, failure);
        return false;
    }
    if (load(walk, &error) == 0)
        return true;
    tell_unreadable(walk, &id, &error);
    return false;
}

/* One entry of the innermost tree, or out of it. */
static void step(struct walk *walk)
{
    struct frame *frame = &walk->frames[walk->depth - 1];
    const struct tree_order *order = &frame->order;
    packread_tree_entry entry;
    packread_error error = {0};
    const size_t at = frame->next;
    const size_t size = frame->size;
    bool is_again;

    if (at >= size || !come_back(walk)) {
        leave(walk);
        return;
    }
    progress_update(++walk->entries);
    is_again = frame->again < order->count && order->again[frame->again] == at;
    frame->again += is_again;
    if (tree_entry_next(frame->object.data + at, size - at, frame->id.size, &entry, &error) != 0) {
        frame->next = refuse_malformed(walk, &entry, at, &error) ? at + entry.length : size;
        return;
    }
    frame->next = at + entry.length;
    extract_entry(walk, &entry, is_again);
}

/* Trees on the way down may take a part of the memory; 0: none but the innermost. */
static uint64_t kept_most(const struct where *source)
{
    packread_stats stats = {.struct_size = sizeof stats};

    return packread_snapshot_stats(source->snapshot, &stats) == 0 ? stats.memory_limit / KEPT_PART
                                                                  : 0;
}

enum status extract_tree(const struct where *source, const packread_id *id, int folder,
                         const char *target)
{
    struct walk walk = {.source = source, .target = target, .status = STATUS_OK};
    packread_error error = {0};
    packread_id tree;
    enum status status = peel_to_tree(source, id, &tree);

    if (status != STATUS_OK)
        return status;
    tree_writer_begin(&walk.writer, folder);
    walk.kept_most = kept_most(source);
    if (!push(&walk, &tree))
        return message_system(target, "cannot be written", ENOMEM);
    if (load(&walk, &error) != 0) {
        note(&walk, message_object_failure(source->path, &tree, &error));
        walk.is_over = true;
    } else if (check_order(&walk) != 0) {
        tell_unwritten(&walk, ENOMEM);
    } else {
        tell_order(&walk);
    }
    while (walk.depth > 0 && !walk.is_over)
        step(&walk);
    while (walk.depth > 0)
        pop(&walk);
    tree_writer_end(&walk.writer);
    free(walk.frames);
    return walk.status;
}
