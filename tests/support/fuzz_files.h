/* fuzz_files.h - the folder, the pack and the index that a fuzz target writes again for each input.
 */
#ifndef FUZZ_FILES_H
#define FUZZ_FILES_H

#include "packwriter.h"

extern char fuzz_folder[256];
extern char fuzz_pack_path[512];  /* pack-fuzz.pack in it */
extern char fuzz_index_path[512]; /* pack-fuzz.idx */

/* At the first call: a new folder, in memory where there is such a place; it goes at exit with the
 * two files. */
void fuzz_files_begin(void);

/* Aborts where it cannot, as does all of this: no input should do that. */
void fuzz_files_save(const struct packwriter_bytes *bytes, const char *path);

#endif
