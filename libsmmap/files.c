/* files.c - knows which file objects there are and how a name finds its own. */
#include "files.h"

#include <string.h>

void smm_files_make(struct smm_files *files)
{
    files->buckets = NULL;
    files->bucket_count = 0;
    files->count = 0;
    smm_list_make(&files->all);
}

void smm_files_destroy(struct smm_files *files, const struct smm_system *system)
{
    system->release(files->buckets);
    smm_files_make(files);
}

/* FNV-1a. */
static uint64_t hash_of(const char *path, int fd)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    const char *at;

    if (!path)
        return (uint64_t)fd * UINT64_C(0x9e3779b97f4a7c15) >> 32;
    for (at = path; *at; at++)
        hash = (hash ^ (unsigned char)*at) * UINT64_C(0x100000001b3);
    return hash;
}

static struct smm_file **bucket_of(const struct smm_files *files, uint64_t hash)
{
    return files->buckets + (size_t)(hash & (files->bucket_count - 1));
}

struct smm_file *smm_files_find(const struct smm_files *files, const char *path, int fd)
{
    uint64_t hash = hash_of(path, fd);
    struct smm_file *file;

    if (!files->bucket_count)
        return NULL;
    for (file = *bucket_of(files, hash); file; file = file->chain) {
        if (path ? file->path && file->hash == hash && !strcmp(file->path, path)
                 : !file->path && file->fd == fd)
            return file;
    }
    return NULL;
}

/* A table that cannot grow only becomes slower; false where there is none at all. */
static bool grow(struct smm_files *files, const struct smm_system *system)
{
    size_t wanted = files->bucket_count ? files->bucket_count * 2 : 16;
    struct smm_file **buckets;
    struct smm_link *link;

    if (files->count < files->bucket_count)
        return true;
    buckets = system->allocate(wanted * sizeof(struct smm_file *));
    if (!buckets)
        return files->bucket_count != 0;
    memset(buckets, 0, wanted * sizeof(struct smm_file *));
    system->release(files->buckets);
    files->buckets = buckets;
    files->bucket_count = wanted;
    for (link = files->all.next; link != &files->all; link = link->next) {
        struct smm_file *file = link->owner;

        if (!file->detached) {
            file->chain = *bucket_of(files, file->hash);
            *bucket_of(files, file->hash) = file;
        }
    }
    return true;
}

struct smm_file *smm_files_new(struct smm_files *files, const struct smm_system *system,
                               const char *path, int fd, const struct smm_identity *identity)
{
    struct smm_file *file;

    if (!grow(files, system))
        return NULL;
    file = system->allocate(sizeof *file);
    if (!file)
        return NULL;
    memset(file, 0, sizeof *file);
    if (path) {
        size_t size = strlen(path) + 1;

        file->path = system->allocate(size);
        if (!file->path) {
            system->release(file);
            return NULL;
        }
        memcpy(file->path, path, size);
    }
    file->fd = path ? -1 : fd;
    file->descriptor = -1;
    file->identity = *identity;
    smm_list_make(&file->unlisted);
    smm_list_make(&file->cursors);
    file->hash = hash_of(path, fd);
    file->chain = *bucket_of(files, file->hash);
    *bucket_of(files, file->hash) = file;
    files->count++;
    smm_list_append(&files->all, &file->link, file);
    return file;
}

void smm_files_detach(struct smm_files *files, struct smm_file *file)
{
    struct smm_file **place;

    if (file->detached)
        return;
    for (place = bucket_of(files, file->hash); *place != file; place = &(*place)->chain) {
    }
    *place = file->chain;
    files->count--;
    file->detached = true;
}

void smm_files_free(struct smm_files *files, struct smm_file *file, const struct smm_system *system)
{
    smm_files_detach(files, file);
    smm_list_remove(&file->link);
    smm_regions_destroy(&file->regions, system);
    system->release(file->path);
    system->release(file);
}
