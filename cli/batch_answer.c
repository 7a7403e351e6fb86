/* batch_answer.c - looks a name up, and prints what came of it. */
#include "batch_answer.h"

#include "batch_absence.h"
#include "message.h"
#include "name.h"
#include "output.h"

#include <stdlib.h>
#include <string.h>

/* One answer in the making. */
struct answer {
    struct batch *batch;
    struct request *request;
    struct format_request line; /* what the line has of the request */
    packread_id id;             /* the one that was asked for; size 0: none is known */
    packread_id contents;       /* the one that stands for it, mostly itself */
    packread_info info;         /* of the object that stands for it, but with that id */
    bool has_info;              /* else type and size come from the stream */
    bool has_begun;
};

void batch_answer_word(const struct batch *batch, const char *name, size_t length, const char *word)
{
    output_bytes(name, length);
    output_byte(' ');
    output_text(word);
    output_byte(batch->format->end);
}

void batch_end_in_answer(const struct batch *batch, const packread_id *id,
                         const packread_error *error)
{
    enum status status = message_object_failure(batch->source->path, id, error);

    message_error("%s: the answers end in the middle of this object", batch->source->path);
    output_flush();
    exit((int)status);
}

static void answer_word(const struct answer *answer, const char *word)
{
    batch_answer_word(answer->batch, answer->request->name, answer->request->name_length, word);
}

static void worsen(const struct answer *answer, enum status status)
{
    answer->batch->status = status_worse(answer->batch->status, status);
}

/* ---- What is not there, and what cannot be read ---------------------------------------------- */

static bool is_gitlink(const struct format_request *line)
{
    return line->has_mode && (line->mode & 0170000) == 0160000;
}

/* A tree's entry that is a commit of another repository names it; all else is named as it was asked
 * for. */
static void answer_missing(const struct answer *answer)
{
    char hex[PACKREAD_HEX_MAX + 1];

    if (is_gitlink(&answer->line)) {
        packread_id_format(&answer->id, hex);
        batch_answer_word(answer->batch, hex, strlen(hex), "submodule");
    } else {
        answer_word(answer, "missing");
    }
}

/* An object, or none where it has no id, that was looked for in vain, or could not be read: the
 * reason goes to standard error. */
static void answer_failure(const struct answer *answer, int failure, packread_error *error)
{
    const struct where *source = answer->batch->source;
    const struct request *request = answer->request;

    switch (failure) {
    case PACKREAD_ERROR_DOUBTFUL:
        worsen(answer, name_doubt(error, request->name, request->name_length));
        worsen(answer, source->unread);
        break;
    case PACKREAD_ERROR_NOT_FOUND:
        if (packread_id_compare(&answer->id, &answer->contents) != 0)
            worsen(answer, name_lost_replacement(source, &answer->id, &answer->contents));
        else if (!is_gitlink(&answer->line)) /* those are mostly of another repository */
            worsen(answer, batch_tell_absence(answer->batch, request, &answer->id, error));
        break;
    default:
        worsen(answer, message_object_failure(source->path,
                                              answer->id.size != 0 ? &answer->id : NULL, error));
        break;
    }
    answer_missing(answer);
}

/* ---- What is there --------------------------------------------------------------------------- */

static void print_line(const struct answer *answer)
{
    const struct batch *batch = answer->batch;

    format_print(batch->format, batch->source, &answer->info, &answer->line);
}

static int begin_contents(void *context, const packread_id *id, enum packread_type type,
                          uint64_t size)
{
    struct answer *answer = context;

    (void)id;
    answer->has_begun = true;
    if (!answer->has_info)
        answer->info = (packread_info){.id = answer->id};
    /* What is known from the entry alone was not hashed, and may be of a copy that is damaged. */
    answer->info.type = type;
    answer->info.size = size;
    print_line(answer);
    return 0;
}

static int write_contents(void *context, const void *bytes, size_t size)
{
    (void)context;
    output_bytes(bytes, size);
    return 0;
}

static void answer_contents(struct answer *answer)
{
    const packread_sink sink = {.begin = begin_contents, .data = write_contents, .context = answer};
    packread_error error = {0};
    int failure =
        packread_reader_stream(answer->batch->source->reader, &answer->contents, &sink, &error);

    where_tell_news(answer->batch->source);
    if (failure == 0)
        output_byte(answer->batch->format->end);
    else if (answer->has_begun)
        batch_end_in_answer(answer->batch, &answer->contents, &error);
    else
        answer_failure(answer, failure, &error);
}

/* A commit or tag with what .mailmap has in the place of its names. False: nothing was answered, it
 * is as it is. */
static bool answer_mapped(struct answer *answer)
{
    const struct batch *batch = answer->batch;
    packread_error error = {0};
    packread_object object;
    char *mapped;
    size_t size;
    bool failed;
    int failure = packread_reader_read(batch->source->reader, &answer->contents, &object, &error);

    where_tell_news(batch->source);
    if (failure != 0) {
        answer_failure(answer, failure, &error);
        return true;
    }
    mapped =
        mailmap_apply(&batch->mailmap.map, (const char *)object.data, object.size, &size, &failed);
    if (failed) {
        answer_failure(answer, PACKREAD_ERROR_MEMORY,
                       &(packread_error){.code = PACKREAD_ERROR_MEMORY, .text = "out of memory"});
        return true;
    }
    if (mapped == NULL)
        return false;
    answer->info.type = object.type;
    answer->info.size = size;
    print_line(answer);
    if (!batch->headers_only) {
        output_bytes(mapped, size);
        output_byte(batch->format->end);
    }
    free(mapped);
    return true;
}

static void answer_found(struct answer *answer)
{
    const unsigned from_stream = PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE;
    const struct batch *batch = answer->batch;
    const struct format *format = batch->format;
    const bool has_map = batch->mailmap.is_used && batch->mailmap.map.count > 0;
    const unsigned want =
        format->want | batch->filter.want | (has_map ? (unsigned)PACKREAD_WANT_TYPE : 0u);

    answer->has_info = batch->headers_only || (format->want & ~from_stream) != 0 ||
                       format->has_place || batch->filter.kind != FILTER_NONE || has_map;
    if (answer->has_info) {
        packread_error error = {0};
        int failure = packread_reader_describe(batch->source->reader, &answer->contents, want,
                                               &answer->info, &error);

        where_tell_news(batch->source);
        if (failure != 0) {
            answer_failure(answer, failure, &error);
            return;
        }
        answer->info.id = answer->id;
    }
    if (answer->has_info && batch_filter_excludes(&batch->filter, &answer->info))
        answer_word(answer, "excluded");
    else if (answer->has_info && batch_mailmap_concerns(&batch->mailmap, answer->info.type) &&
             answer_mapped(answer))
        return;
    else if (batch->headers_only)
        print_line(answer);
    else
        answer_contents(answer);
}

/* "WORD SIZE", and as many bytes on a line of their own. */
static void answer_sized(const struct answer *answer, const char *word, const char *bytes,
                         size_t size)
{
    const char end = answer->batch->format->end;

    output_text(word);
    output_byte(' ');
    output_number(size);
    output_byte(end);
    output_bytes(bytes, size);
    output_byte(end);
}

/* Where a symbolic link led, if not to an object. */
static void answer_link(const struct answer *answer, const packread_name *found)
{
    static const char *const words[] = {
        [PACKREAD_LINK_DANGLING] = "dangling",
        [PACKREAD_LINK_LOOP] = "loop",
        [PACKREAD_LINK_NOTDIR] = "notdir",
    };
    const struct request *request = answer->request;

    if (found->link == PACKREAD_LINK_OUTSIDE)
        answer_sized(answer, "symlink", found->target, found->target_size);
    else
        answer_sized(answer, words[found->link], request->name, request->name_length);
}

/* As git reads the modes of trees: it knows no others than those that it writes. */
static uint32_t known_mode(uint32_t mode)
{
    switch (mode & 0170000) {
    case 0100000:
        return (mode & 0100) != 0 ? 0100755 : 0100644;
    case 0120000:
    case 0040000:
        return mode & 0170000;
    default:
        return 0160000;
    }
}

static void answer_name(struct answer *answer)
{
    const struct request *request = answer->request;
    struct where *source = answer->batch->source;
    packread_error error = {0};
    packread_name found;
    int failure = name_look(source, request->name, request->name_length, answer->batch->flags,
                            &found, &error);

    where_tell_news(source);
    switch (failure) {
    case 0:
        name_warn(source, request->name, request->name_length, &found);
        if (found.link != PACKREAD_LINK_NONE) {
            answer_link(answer, &found);
            break;
        }
        answer->id = found.id;
        answer->line.has_mode = found.has_mode;
        answer->line.mode = found.has_mode ? known_mode(found.mode) : 0;
        answer->contents = found.contents;
        answer_found(answer);
        break;
    case PACKREAD_ERROR_AMBIGUOUS:
        name_explain_ambiguous(source, request->name, request->name_length);
        answer_word(answer, name_is_missing_to_git(request->name, request->name_length)
                                ? "missing"
                                : "ambiguous");
        break;
    default:
        answer_failure(answer, failure, &error);
        break;
    }
}

/* ---- A request ------------------------------------------------------------------------------- */

/* A name that is longer than any that there can be is given back as it is read. */
static void refuse_endless_name(const struct answer *answer)
{
    worsen(answer, answer->batch->source->unread);
    request_print_name(answer->request);
    batch_answer_word(answer->batch, "", 0, "missing");
}

void batch_answer(struct batch *batch, struct request *request)
{
    struct answer answer = {.batch = batch, .request = request};

    answer.line = (struct format_request){.context = request};
    if (request->splits)
        answer.line.print_rest = request_print_rest;
    if (request->is_endless) {
        refuse_endless_name(&answer);
    } else if (request->goes_on && batch->format->rests > 1) {
        message_error("standard input: a line is longer than 16 MiB, and the format has %%(rest) "
                      "more than once");
        batch->status = STATUS_SYSTEM;
        answer_word(&answer, "missing");
    } else {
        answer_name(&answer);
    }
    message_count_repeats();
}
