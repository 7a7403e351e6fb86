/* files.c - knows which file objects there are and how a name finds its own. */
#include "files.h"

#include "manager.h"

#include <string.h>

void smmap_files_make(struct smmap_files *files)
{
    files->buckets = NULL;
    files->bucket_count = 0;
    files->count = 0;
    smmap_list_make(&files->all);
}

void smmap_files_destroy(struct smmap_files *files, const struct smmap_system *system)
{
    system->release(files->buckets);
    smmap_files_make(files);
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

static struct smmap_file **bucket_of(const struct smmap_files *files, uint64_t hash)
{
    return files->buckets + (size_t)(hash & (files->bucket_count - 1));
}

struct smmap_file *smmap_files_find(const struct smmap_files *files, const char *path, int fd)
{
    uint64_t hash = hash_of(path, fd);
    struct smmap_file *file;

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
static bool grow(struct smmap_files *files, const struct smmap_system *system)
{
    size_t wanted = files->bucket_count ? files->bucket_count * 2 : 16;
    struct smmap_file **buckets;
    struct smmap_link *link;

    if (files->count < files->bucket_count)
        return true;
    buckets = system->allocate(wanted * sizeof(struct smmap_file *));
    if (!buckets)
        return files->bucket_count != 0;
    memset(buckets, 0, wanted * sizeof(struct smmap_file *));
    system->release(files->buckets);
    files->buckets = buckets;
    files->bucket_count = wanted;
    for (link = files->all.next; link != &files->all; link = link->next) {
        struct smmap_file *file = link->owner;

        if (!file->detached) {
            file->chain = *bucket_of(files, file->hash);
            *bucket_of(files, file->hash) = file;
        }
    }
    return true;
}

struct smmap_file *smmap_files_new(smmap_manager *manager, const char *path, int fd,
                                   const struct smmap_identity *identity)
{
    const struct smmap_system *system = manager->system;
    struct smmap_files *files = &manager->files;
    struct smmap_file *file;

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
    file->manager = manager;
    file->fd = path ? -1 : fd;
    file->descriptor = -1;
    file->identity = *identity;
    smmap_list_make(&file->unlisted);
    smmap_list_make(&file->cursors);
    file->hash = hash_of(path, fd);
    file->chain = *bucket_of(files, file->hash);
    *bucket_of(files, file->hash) = file;
    files->count++;
    smmap_list_append(&files->all, &file->link, file);
    return file;
}

void smmap_files_detach(struct smmap_file *file)
{
    struct smmap_files *files = &file->manager->files;
    struct smmap_file **place;

    if (file->detached)
        return;
    for (place = bucket_of(files, file->hash); *place != file; place = &(*place)->chain) {
    }
    *place = file->chain;
    files->count--;
    file->detached = true;
}

void smmap_files_free(struct smmap_file *file)
{
    const struct smmap_system *system = file->manager->system;

    smmap_files_detach(file);
    smmap_descriptor_close(file);
    smmap_list_remove(&file->link);
    smmap_regions_destroy(&file->regions, system);
    system->release(file->path);
    system->release(file);
}
