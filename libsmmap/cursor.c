/* cursor.c - knows what a cursor may do without the manager, and when it has to ask it. */
#include "descriptor.h"
#include "error.h"
#include "hold.h"
#include "life.h"
#include "limits.h"
#include "obtain.h"
#include "release.h"

#include <errno.h>
#include <string.h>

/* Whether the cursor's own region answers, which then costs no lock. */
static inline bool hit(smmap_cursor *cursor, uint64_t offset, uint64_t size, bool exact)
{
    uint64_t inside = offset - cursor->begin;
    uint64_t available;
    uint64_t hits;

    if (inside >= cursor->length) /* without a region too: its length is 0 */
        return false;
    available = cursor->length - inside;
    if (exact && size > available)
        return false;
    cursor->offset = offset;
    cursor->size = (size_t)(size == 0 || size > available ? available : size);
    /* Load and store instead of one addition: nobody else writes it. */
    hits = atomic_load_explicit(&cursor->hits, memory_order_relaxed);
    atomic_store_explicit(&cursor->hits, hits + 1, memory_order_relaxed);
    return true;
}

/* Not inline, so that the way of a hit stays short. */
static int miss(smmap_cursor *cursor, const struct smm_request *request, smmap_error *error)
{
    struct smm_subject subject = {NULL, -1, request->offset, request->size};
    struct smm_outcome outcome;

    if (!cursor)
        return smm_fail_plain(error, SMMAP_ERROR_ARGUMENT, &subject);
    if (!cursor->file)
        return smm_fail_plain(error, SMMAP_ERROR_NOT_ASSOCIATED, &subject);
    outcome = smm_obtain(cursor, request);
    if (!outcome.code)
        return SMMAP_OK;
    subject.path = cursor->file->path;
    subject.fd = cursor->file->fd;
    return smm_fail(error, &outcome, &subject);
}

int smmap_cursor_use(smmap_cursor *cursor, uint64_t offset, uint64_t size, int flags,
                     smmap_error *error)
{
    struct smm_request request = {offset, size, flags, false};

    if (cursor && (!flags || smm_flags_allowed(flags)) && hit(cursor, offset, size, false))
        return SMMAP_OK;
    return miss(cursor, &request, error);
}

int smmap_cursor_need(smmap_cursor *cursor, uint64_t offset, uint64_t size, smmap_error *error)
{
    struct smm_request request = {offset, size, 0, true};

    if (cursor && size && hit(cursor, offset, size, true))
        return SMMAP_OK;
    return miss(cursor, &request, error);
}

void smmap_cursor_unuse(smmap_cursor *cursor)
{
    if (!cursor || !cursor->region)
        return;
    smm_lock_take(&cursor->manager->lock);
    smm_cursor_drop_region(cursor);
    smm_lock_drop(&cursor->manager->lock);
}

static smmap_cursor *new_cursor(const struct smm_system *system)
{
    smmap_cursor *cursor = system->allocate(sizeof *cursor);

    if (cursor) {
        memset(cursor, 0, sizeof *cursor);
        cursor->system = system;
    }
    return cursor;
}

int smmap_cursor_new(smmap_cursor **cursor)
{
    smmap_cursor *made;

    if (!cursor)
        return SMMAP_ERROR_ARGUMENT;
    made = new_cursor(&smm_real_system);
    if (!made)
        return SMMAP_ERROR_MEMORY;
    *cursor = made;
    return SMMAP_OK;
}

/* With the lock. */
static void associate(smmap_cursor *cursor, struct smm_file *file)
{
    cursor->file = file;
    cursor->manager = file->manager;
    smm_list_append(&file->cursors, &cursor->link, cursor);
    smm_file_hold(file);
}

/* The cursor is as new afterwards; its manager may be gone. */
static void dissociate(smmap_cursor *cursor)
{
    smmap_manager *manager = cursor->manager;
    struct smm_file *file = cursor->file;

    if (!file)
        return;
    smm_lock_take(&manager->lock);
    smm_cursor_drop_region(cursor);
    smm_list_remove(&cursor->link);
    cursor->file = NULL;
    cursor->manager = NULL;
    smm_file_let_go(file);
    smm_manager_leave(manager);
}

uint64_t smmap_cursor_release_file(const smmap_cursor *cursor, uint64_t *pending)
{
    uint64_t later = 0;
    uint64_t count = 0;

    if (cursor && cursor->file) {
        smm_lock_take(&cursor->manager->lock);
        later = cursor->file->stats.regions_pinned;
        count = smm_file_release(cursor->file);
        smm_manager_unload_stuck(cursor->manager);
        smm_lock_drop(&cursor->manager->lock);
    }
    if (pending)
        *pending = later;
    return count;
}

/* The file object for a name that has this identity by now; with the lock. */
static struct smm_file *file_for(smmap_manager *manager, const char *path, int fd,
                                 const struct smm_identity *identity)
{
    struct smm_file *file = smm_files_find(&manager->files, path, fd);

    if (file && smm_identity_same(&file->identity, identity))
        return file;
    if (file) {
        smm_file_hold(file);
        smm_files_detach(&manager->files, file);
        smm_file_let_go(file);
    }
    file = smm_files_new(&manager->files, manager->system, path, fd, identity);
    if (file)
        file->manager = manager;
    return file;
}

static int open_failed(smmap_error *error, struct smm_outcome outcome, const char *path, int fd)
{
    struct smm_subject subject = {path, fd, 0, 0};
    return smm_fail(error, &outcome, &subject);
}

/* With `descriptor`, which goes to the file, or is closed; or without one (fd -1). */
static int open_known(smmap_manager *manager, const char *path, int fd,
                      const struct smm_identity *identity, struct smm_descriptor *descriptor,
                      smmap_cursor **cursor, smmap_error *error)
{
    struct smm_outcome outcome = {SMMAP_ERROR_MEMORY, 0, 0};
    smmap_cursor *made = new_cursor(manager->system);
    struct smm_file *file = NULL;

    smm_lock_take(&manager->lock);
    if (made)
        file = file_for(manager, path, fd, identity);
    if (file) {
        associate(made, file);
        smm_descriptor_give(file, descriptor);
    }
    smm_lock_drop(&manager->lock);
    if (file) {
        *cursor = made;
        return SMMAP_OK;
    }
    if (descriptor->fd >= 0)
        manager->system->close(descriptor->fd);
    manager->system->release(made);
    return open_failed(error, outcome, path, fd);
}

/* Whether the manager has `path` open as this very file. */
static bool is_open(smmap_manager *manager, const char *path, const struct smm_identity *identity)
{
    const struct smm_file *file;
    bool found;

    smm_lock_take(&manager->lock);
    file = smm_files_find(&manager->files, path, -1);
    found = file && file->descriptor >= 0 && smm_identity_same(&file->identity, identity);
    smm_lock_drop(&manager->lock);
    return found;
}

int smmap_cursor_open_path(smmap_manager *manager, const char *path, smmap_cursor **cursor,
                           smmap_error *error)
{
    struct smm_outcome outcome = {SMMAP_ERROR_ARGUMENT, 0, 0};
    struct smm_descriptor descriptor = {-1, 0, false};
    struct smm_identity identity;

    if (!manager || !path || !cursor)
        return open_failed(error, outcome, path, -1);
    outcome = smm_file_look(manager->system, path, -1, &identity);
    if (!outcome.code && !is_open(manager, path, &identity))
        outcome = smm_descriptor_open(manager, path, 0, &descriptor, &identity);
    if (outcome.code)
        return open_failed(error, outcome, path, -1);
    return open_known(manager, path, -1, &identity, &descriptor, cursor, error);
}

int smmap_cursor_open_fd(smmap_manager *manager, int fd, smmap_cursor **cursor, smmap_error *error)
{
    struct smm_outcome outcome = {SMMAP_ERROR_ARGUMENT, 0, 0};
    struct smm_descriptor descriptor = {-1, 0, false};
    struct smm_identity identity;
    int failed;

    if (!manager || !cursor)
        return open_failed(error, outcome, NULL, fd);
    failed = fd < 0 ? EBADF : smm_file_identify(manager->system, NULL, fd, &identity);
    if (failed) {
        outcome.code = failed == EBADF ? SMMAP_ERROR_CLOSED : SMMAP_ERROR_SYSTEM;
        outcome.system_errno = failed;
        return open_failed(error, outcome, NULL, fd);
    }
    if (!identity.regular) {
        outcome.code = SMMAP_ERROR_NOT_REGULAR;
        return open_failed(error, outcome, NULL, fd);
    }
    return open_known(manager, NULL, fd, &identity, &descriptor, cursor, error);
}

/* `cursor` has no file. */
static void copy_from(smmap_cursor *cursor, const smmap_cursor *source)
{
    if (!source->file)
        return;
    smm_lock_take(&source->manager->lock);
    associate(cursor, source->file);
    cursor->last_begin = source->last_begin;
    cursor->last_end = source->last_end;
    cursor->last_small = source->last_small;
    cursor->walked = source->walked;
    if (source->region) {
        smm_region_pin(source->region);
        smm_cursor_take_region(cursor, source->region, source->offset, source->size);
    }
    smm_lock_drop(&source->manager->lock);
}

int smmap_cursor_copy(const smmap_cursor *source, smmap_cursor **copy)
{
    smmap_cursor *made;

    if (!source || !copy)
        return SMMAP_ERROR_ARGUMENT;
    made = new_cursor(source->system);
    if (!made)
        return SMMAP_ERROR_MEMORY;
    copy_from(made, source);
    *copy = made;
    return SMMAP_OK;
}

int smmap_cursor_assign(smmap_cursor *target, const smmap_cursor *source)
{
    if (!target || !source)
        return SMMAP_ERROR_ARGUMENT;
    if (target == source)
        return SMMAP_OK;
    dissociate(target);
    copy_from(target, source);
    return SMMAP_OK;
}

void smmap_cursor_close(smmap_cursor *cursor)
{
    if (!cursor)
        return;
    dissociate(cursor);
    cursor->system->release(cursor);
}

bool smmap_cursor_is_valid(const smmap_cursor *cursor)
{
    return cursor && cursor->region;
}

bool smmap_cursor_is_associated(const smmap_cursor *cursor)
{
    return cursor && cursor->file;
}

const unsigned char *smmap_cursor_data(const smmap_cursor *cursor)
{
    return cursor && cursor->data ? cursor->data + (cursor->offset - cursor->begin) : NULL;
}

size_t smmap_cursor_size(const smmap_cursor *cursor)
{
    return cursor ? cursor->size : 0;
}

const unsigned char *smmap_cursor_map(const smmap_cursor *cursor, size_t *size)
{
    if (size)
        *size = cursor ? (size_t)cursor->length : 0;
    return cursor ? cursor->data : NULL;
}

uint64_t smmap_cursor_begin(const smmap_cursor *cursor)
{
    return cursor ? cursor->offset : 0;
}

uint64_t smmap_cursor_end(const smmap_cursor *cursor)
{
    return cursor ? cursor->offset + cursor->size : 0;
}

bool smmap_cursor_includes(const smmap_cursor *cursor, uint64_t offset)
{
    return cursor && offset >= cursor->offset && offset - cursor->offset < cursor->size;
}

uint64_t smmap_cursor_file_size(const smmap_cursor *cursor)
{
    return cursor && cursor->file ? cursor->file->identity.size : 0;
}

int smmap_cursor_path(const smmap_cursor *cursor, const char **path)
{
    if (!cursor || !path)
        return SMMAP_ERROR_ARGUMENT;
    if (!cursor->file)
        return SMMAP_ERROR_NOT_ASSOCIATED;
    if (!cursor->file->path)
        return SMMAP_ERROR_WRONG_KIND;
    *path = cursor->file->path;
    return SMMAP_OK;
}

int smmap_cursor_fd(const smmap_cursor *cursor, int *fd)
{
    if (!cursor || !fd)
        return SMMAP_ERROR_ARGUMENT;
    if (!cursor->file)
        return SMMAP_ERROR_NOT_ASSOCIATED;
    if (cursor->file->path)
        return SMMAP_ERROR_WRONG_KIND;
    *fd = cursor->file->fd;
    return SMMAP_OK;
}

uint64_t smmap_cursor_faults(const smmap_cursor *cursor)
{
    return cursor && cursor->file ? atomic_load(&cursor->file->faults) : 0;
}

int smmap_cursor_check(const smmap_cursor *cursor, smmap_error *error)
{
    struct smm_outcome outcome;

    if (!cursor || !cursor->file) {
        struct smm_subject nothing = {NULL, -1, 0, 0};
        return smm_fail_plain(error, cursor ? SMMAP_ERROR_NOT_ASSOCIATED : SMMAP_ERROR_ARGUMENT,
                              &nothing);
    }
    outcome = smm_check(cursor);
    return outcome.code ? open_failed(error, outcome, cursor->file->path, cursor->file->fd)
                        : SMMAP_OK;
}

bool smmap_cursor_has_path(const smmap_cursor *cursor)
{
    return cursor && cursor->file && cursor->file->path;
}
