/* A program outside this project, built against an installed copy: prints each object as
 * `git cat-file --batch-check` does, then how the first pack begins, seen through a window. */
#include <packread.h>
#include <smmap.h>

#include <inttypes.h>
#include <stdio.h>

static int print(void *context, const packread_info *info, const packread_error *error)
{
    char hex[PACKREAD_HEX_MAX + 1];
    packread_id_format(&info->id, hex);
    if (error) {
        fprintf(stderr, "%s: %s\n", hex, error->text);
        *(int *)context = 1;
    } else {
        printf("%s %s %" PRIu64 "\n", hex, packread_type_name(info->type), info->size);
    }
    return 0;
}

static int list(packread_snapshot *snapshot)
{
    packread_list_options options = {0};
    packread_reader *reader;
    int failed = 0;

    if (packread_reader_new(snapshot, &reader, NULL) != 0)
        return 1;
    options.want = PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE;
    if (packread_reader_list(reader, &options, print, &failed, NULL) != 0)
        failed = 1;
    packread_reader_free(reader);
    return failed;
}

static int look(const char *path)
{
    smmap_manager *manager = NULL;
    smmap_cursor *cursor = NULL;
    int failed = 1;

    if (smmap_manager_new(NULL, &manager) == 0 &&
        smmap_cursor_open_path(manager, path, &cursor, NULL) == 0 &&
        smmap_cursor_need(cursor, 0, 4, NULL) == 0) {
        printf("%.4s\n", (const char *)smmap_cursor_data(cursor));
        failed = 0;
    }
    smmap_cursor_close(cursor);
    smmap_manager_free(manager);
    return failed;
}

int main(int argc, char **argv)
{
    packread_snapshot *snapshot;
    packread_pack_info pack = {.struct_size = sizeof pack};
    packread_error error;
    int failed;

    if (argc != 2) {
        fprintf(stderr, "usage: %s WHERE\n", argv[0]);
        return 2;
    }
    if (packread_snapshot_open(argv[1], NULL, &snapshot, &error) != 0) {
        fprintf(stderr, "%s: %s\n", error.file, error.text);
        return 1;
    }
    failed = list(snapshot);
    failed |= packread_snapshot_pack(snapshot, 0, &pack) != 0 || look(pack.path);
    packread_snapshot_free(snapshot);
    return failed;
}
