/* bench_read.c - libpackread by itself, in process: what a program gets that links it.
 *
 *   bench_read [--no-check] [--sum] list|all WHERE       type and size of all; all contents
 *   bench_read [--no-check] [--sum] read WHERE IDS       the contents of the ids in a file
 *
 * Prints what was read on standard output, as bench_libgit2 does, and how fast on standard error.
 */
#include "bench_tally.h"

#include <packread.h>
#include <stdlib.h>

static struct tally tally;
static packread_reader *reader;

static _Noreturn void fail(const char *what, const packread_error *error)
{
    fprintf(stderr, "bench_read: %s: %s: %s\n", what, packread_error_text(error->code),
            error->text);
    exit(1);
}

static int count_header(void *context, const packread_info *info, const packread_error *error)
{
    (void)context;
    if (error)
        fail("list", error);
    tally_add(&tally, (unsigned)info->type, info->size, NULL);
    return 0;
}

static int count_contents(void *context, const packread_info *info, const packread_error *error)
{
    packread_object object;
    packread_error detail;

    (void)context;
    if (error)
        fail("all", error);
    if (packread_reader_read_at(reader, &info->location, &object, &detail) != 0)
        fail("all", &detail);
    tally_add(&tally, (unsigned)object.type, object.size, object.data);
    return 0;
}

static void read_ids(const char *path)
{
    char line[PACKREAD_HEX_MAX + 2];
    FILE *ids = fopen(path, "r");

    if (!ids) {
        perror(path);
        exit(1);
    }
    while (fgets(line, sizeof line, ids)) {
        packread_object object;
        packread_error error;
        packread_id id;

        if (packread_id_parse(line, strcspn(line, "\n"), &id) != 0) {
            fprintf(stderr, "bench_read: %s: not an id: %s", path, line);
            exit(1);
        }
        if (packread_reader_read(reader, &id, &object, &error) != 0)
            fail("read", &error);
        tally_add(&tally, (unsigned)object.type, object.size, object.data);
    }
    fclose(ids);
}

static void list(packread_list_visitor *visit, const packread_list_options *options)
{
    packread_error error;

    if (packread_reader_list(reader, options, visit, NULL, &error) != 0)
        fail("list", &error);
}

int main(int argc, char **argv)
{
    const packread_list_options headers = {.want = PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE};
    const packread_list_options contents = {.order = PACKREAD_BY_OFFSET, .once = true};
    packread_options options = {0};
    packread_snapshot *snapshot;
    packread_error error;
    const char *job;

    for (; argc > 1 && strncmp(argv[1], "--", 2) == 0; argc--, argv++) {
        if (strcmp(argv[1], "--no-check") == 0)
            options.flags |= PACKREAD_NO_CHECK;
        else if (strcmp(argv[1], "--sum") == 0)
            tally.wants_sum = true;
    }
    job = argc > 1 ? argv[1] : "";
    if (argc != (strcmp(job, "read") == 0 ? 4 : 3)) {
        fprintf(stderr, "usage: bench_read [--no-check] [--sum] list|all|read WHERE [IDS]\n");
        return 2;
    }
    tally.start = tally_seconds();
    if (packread_snapshot_open(argv[2], &options, &snapshot, &error) != 0 ||
        packread_reader_new(snapshot, &reader, &error) != 0)
        fail(argv[2], &error);
    if (strcmp(job, "list") == 0)
        list(count_header, &headers);
    else if (strcmp(job, "all") == 0)
        list(count_contents, &contents);
    else
        read_ids(argv[3]);
    tally_print(&tally, job);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    return 0;
}
