/* fuzz_files.c - one folder for each process, since libFuzzer runs one input after the other. */
#include "fuzz_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

char fuzz_folder[256];
char fuzz_pack_path[512];
char fuzz_index_path[512];

static void remove_folder(void)
{
    unlink(fuzz_pack_path);
    unlink(fuzz_index_path);
    rmdir(fuzz_folder);
}

void fuzz_files_begin(void)
{
    const char *base = getenv("TMPDIR");

    if (fuzz_folder[0])
        return;
    if (access("/dev/shm", W_OK) == 0)
        base = "/dev/shm";
    snprintf(fuzz_folder, sizeof fuzz_folder, "%s/fuzz-XXXXXX", base && *base ? base : "/tmp");
    if (!mkdtemp(fuzz_folder))
        abort();
    snprintf(fuzz_pack_path, sizeof fuzz_pack_path, "%s/pack-fuzz.pack", fuzz_folder);
    snprintf(fuzz_index_path, sizeof fuzz_index_path, "%s/pack-fuzz.idx", fuzz_folder);
    atexit(remove_folder);
}

void fuzz_files_save(const struct packwriter_bytes *bytes, const char *path)
{
    if (packwriter_bytes_save(bytes, path) != 0)
        abort();
}
