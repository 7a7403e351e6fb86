/* batch_all.c - lists all objects and answers each, those that are small read ahead on threads. */
#include "batch_all.h"

#include "ahead.h"
#include "batch_answer.h"
#include "failures.h"
#include "output.h"
#include "progress.h"
#include "message.h"

#include <errno.h>
#include <string.h>

struct every {
    struct batch *batch;
    struct failures failures;
    ahead *ahead; /* NULL: each object is read in its turn */
    uint64_t done;
    packread_info current; /* of the object that is being answered */
    bool has_begun;
};

static void print_line(const struct batch *batch, const packread_info *info)
{
    format_print(batch->format, batch->source, info, NULL);
}

static int begin_contents(void *context, const packread_id *id, enum packread_type type,
                          uint64_t size)
{
    struct every *every = context;

    (void)id;
    every->has_begun = true;
    /* What is known from the entry alone was not hashed, and may be of a copy that is damaged. */
    every->current.type = type;
    every->current.size = size;
    print_line(every->batch, &every->current);
    return 0;
}

static int write_contents(void *context, const void *bytes, size_t size)
{
    (void)context;
    output_bytes(bytes, size);
    return 0;
}

/* "ID missing", and on standard error why: what was listed and is not there was removed. */
static void answer_failure(struct every *every, const packread_info *info,
                           const packread_error *error)
{
    struct batch *batch = every->batch;
    packread_error gone = {.code = PACKREAD_ERROR_CHANGED,
                           .system_errno = ENOENT,
                           .text = "was removed while the objects were listed"};
    char hex[PACKREAD_HEX_MAX + 1];

    if (error->code == PACKREAD_ERROR_NOT_FOUND) {
        gone.id = info->id;
        (void)where_was_misled(batch->source, info, &gone);
        error = &gone;
    }
    batch->status = status_worse(batch->status, failures_add(&every->failures, info, error));
    packread_id_format(&info->id, hex);
    batch_answer_word(batch, hex, strlen(hex), "missing");
}

/* `data` may have been read already. */
static void answer_object(void *context, const packread_info *info, const void *data)
{
    struct every *every = context;
    const struct batch *batch = every->batch;
    const packread_sink sink = {.begin = begin_contents, .data = write_contents, .context = every};
    packread_error error = {0};
    int failure;

    if (data) {
        print_line(batch, info);
        output_bytes(data, (size_t)info->size);
        output_byte(batch->format->end);
        return;
    }
    every->current = *info;
    every->has_begun = false;
    failure = packread_reader_stream(batch->source->reader, &info->id, &sink, &error);
    if (failure != 0 && !every->has_begun)
        where_stream_again(batch->source, &info->id, &sink, &failure, &error);
    if (failure == 0) {
        output_byte(batch->format->end);
        return;
    }
    if (every->has_begun) {
        failures_finish(&every->failures);
        batch_end_in_answer(batch, &info->id, &error);
    }
    answer_failure(every, info, &error);
}

static int answer_listed(void *context, const packread_info *info, const packread_error *error)
{
    struct every *every = context;
    const struct batch *batch = every->batch;

    progress_update(++every->done);
    if (error != NULL) {
        if (every->ahead)
            ahead_settle(every->ahead);
        answer_failure(every, info, error);
    } else if (batch_filter_excludes(&batch->filter, info)) {
        return 0;
    } else if (batch->headers_only) {
        print_line(batch, info);
    } else if (every->ahead) {
        ahead_add(every->ahead, info);
    } else {
        answer_object(every, info, NULL);
    }
    return 0;
}

static int hand_on(void *context)
{
    struct every *every = context;

    if (every->ahead)
        ahead_settle(every->ahead);
    output_hand_on();
    return 0;
}

enum status batch_answer_all(struct batch *batch, const struct common_options *common,
                             bool is_unordered, unsigned threads)
{
    const packread_list_options options = {
        .struct_size = sizeof options,
        .order = is_unordered ? PACKREAD_BY_OFFSET : PACKREAD_BY_ID,
        .want = batch->format->want | batch->filter.want |
                (threads ? PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE : 0u),
        .types = batch_filter_types(&batch->filter),
        .once = true,
        .pause = hand_on,
    };
    struct every every = {.batch = batch, .failures = {.source = batch->source}};
    packread_error error = {0};

    batch->status = where_problems_status(batch->source);
    progress_begin(common, "answering", batch->source->objects, true);
    if (threads)
        every.ahead = ahead_begin(batch->source, threads, answer_object, &every);
    /* What is wrong with an object was told when it came. */
    if (packread_reader_list(batch->source->reader, &options, answer_listed, &every, &error) != 0 &&
        error.id.size == 0)
        batch->status = status_worse(batch->status, message_failure(batch->source->path, &error));
    if (every.ahead)
        ahead_settle(every.ahead);
    ahead_end(every.ahead);
    progress_end();
    failures_finish(&every.failures);
    batch->status = status_worse(batch->status, where_news_status(batch->source));
    return batch->status;
}
