/* files.h - all files of a manager, found by what the caller called them. */
#ifndef SMM_FILES_H
#define SMM_FILES_H

#include "file.h"

struct smm_files {
    struct smm_file **buckets;
    size_t bucket_count; /* a power of two, or 0 */
    size_t count;
    struct smm_link all; /* detached ones too */
};

void smm_files_make(struct smm_files *files);
/* Of a table without files. */
void smm_files_destroy(struct smm_files *files, const struct smm_system *system);

/* The attached file of this name: of `path`, or of `fd` where `path` is NULL. */
struct smm_file *smm_files_find(const struct smm_files *files, const char *path, int fd);

/* A new, attached file without manager, cursors and regions; NULL if memory ran out. */
struct smm_file *smm_files_new(struct smm_files *files, const struct smm_system *system,
                               const char *path, int fd, const struct smm_identity *identity);

/* Takes it out of the look-up; it lives on for its cursors. */
void smm_files_detach(struct smm_files *files, struct smm_file *file);

/* Frees a file without cursors, regions and descriptor. */
void smm_files_free(struct smm_files *files, struct smm_file *file,
                    const struct smm_system *system);

#endif
