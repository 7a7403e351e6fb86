/* files.h - all files of a manager, found by what the caller called them. */
#ifndef SMMAP_FILES_H
#define SMMAP_FILES_H

#include "file.h"

struct smmap_files {
    struct smmap_file **buckets;
    size_t bucket_count; /* a power of two, or 0 */
    size_t count;
    struct smmap_link all; /* detached ones too */
};

void smmap_files_make(struct smmap_files *files);
/* Of a table without files. */
void smmap_files_destroy(struct smmap_files *files, const struct smmap_system *system);

/* The attached file of this name: of `path`, or of `fd` where `path` is NULL. */
struct smmap_file *smmap_files_find(const struct smmap_files *files, const char *path, int fd);

/* A new, attached file without cursors and regions; NULL if memory ran out. */
struct smmap_file *smmap_files_new(smmap_manager *manager, const char *path, int fd,
                                   const struct smmap_identity *identity);

/* Takes it out of the look-up; it lives on for its cursors. */
void smmap_files_detach(struct smmap_file *file);

/* Frees a file without cursors and regions. */
void smmap_files_free(struct smmap_file *file);

#endif
