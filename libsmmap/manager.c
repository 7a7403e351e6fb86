/* manager.c - knows a manager's options and their defaults. */
#include "manager.h"

#include "sigbus.h"
#include "struct_size.h"

#include <stdlib.h>
#include <string.h>

#define MIB (UINT64_C(1) << 20)

static uint64_t or_default(uint64_t value, uint64_t fallback)
{
    return value ? value : fallback;
}

/* As this library knows them; what `options` (may be NULL) does not have is its default. */
static bool take_options(smmap_options *ours, const smmap_options *options)
{
    bool taken =
        smm_struct_take(ours, sizeof *ours, SMM_END_OF(smmap_options, open_limit), options);

    ours->struct_size = sizeof *ours;
    return taken;
}

static bool options_allowed(const smmap_options *options)
{
    return (options->kind == SMMAP_SLIDING || options->kind == SMMAP_STATIC) &&
           (options->io == SMMAP_IO_AUTO || options->io == SMMAP_IO_MMAP ||
            options->io == SMMAP_IO_PREAD) &&
           (options->flags & ~(unsigned)(SMMAP_HARD_LIMITS | SMMAP_DEBUG_ONE_PAGE | SMMAP_GUARD |
                                         SMMAP_NO_ENVIRONMENT)) == 0;
}

static void configure(smmap_manager *manager, const smmap_options *options)
{
    bool wide = smmap_is_64_bit();

    manager->kind = options->kind;
    manager->io = options->io;
    manager->hard = (options->flags & SMMAP_HARD_LIMITS) != 0;
    manager->one_page = (options->flags & SMMAP_DEBUG_ONE_PAGE) != 0;
    manager->guarded = (options->flags & SMMAP_GUARD) != 0 && smm_guard_install(manager->system);
    if ((options->flags & SMMAP_GUARD) != 0 && !manager->guarded)
        manager->io = SMMAP_IO_PREAD; /* no window without the guard that was asked for */
    manager->page = smm_page_size();
    manager->window_size = or_default(options->window_size, (wide ? 1024 : 64) * MIB);
    if (manager->kind == SMMAP_STATIC)
        manager->window_size = SMMAP_WHOLE_FILE;
    else if (manager->one_page)
        manager->window_size = manager->page;
    else if (manager->window_size != SMMAP_WHOLE_FILE)
        manager->window_size = smmap_align(manager->window_size, true);
    manager->memory_limit = or_default(options->memory_limit, (wide ? 8192 : 1024) * MIB);
    manager->mapping_limit = or_default(options->mapping_limit, SMMAP_UNLIMITED);
    manager->open_limit = or_default(options->open_limit, smm_open_default());
}

int smm_manager_new_with_system(const smmap_options *options, const struct smm_system *system,
                                smmap_manager **manager)
{
    smmap_options chosen;
    smmap_manager *made;

    if (!take_options(&chosen, options) || !options_allowed(&chosen))
        return SMMAP_ERROR_ARGUMENT;
    made = system->allocate(sizeof *made);
    if (!made)
        return SMMAP_ERROR_MEMORY;
    memset(made, 0, sizeof *made);
    if (!smm_lock_make(&made->lock)) {
        system->release(made);
        return SMMAP_ERROR_MEMORY;
    }
    made->self = made;
    made->system = system;
    configure(made, &chosen);
    smm_files_make(&made->files);
    smm_list_make(&made->idle);
    smm_list_make(&made->open);
    smm_list_make(&made->stuck);
    *manager = made;
    return SMMAP_OK;
}

int smmap_manager_new(const smmap_options *options, smmap_manager **manager)
{
    smmap_options chosen;
    const char *debug = NULL;

    if (!manager || !take_options(&chosen, options))
        return SMMAP_ERROR_ARGUMENT;
    if (!(chosen.flags & SMMAP_NO_ENVIRONMENT))
        debug = getenv("SMMAP_DEBUG");
    if (debug && !strcmp(debug, "onepage"))
        chosen.flags |= SMMAP_DEBUG_ONE_PAGE;
    return smm_manager_new_with_system(&chosen, &smm_real_system, manager);
}

uint64_t smmap_manager_window_size(const smmap_manager *manager)
{
    return manager ? manager->window_size : 0;
}

/* One number of the manager, read with its lock. */
static uint64_t look_at(const smmap_manager *manager, const uint64_t *number)
{
    uint64_t value;

    smm_lock_take(&manager->self->lock);
    value = *number;
    smm_lock_drop(&manager->self->lock);
    return value;
}

uint64_t smmap_manager_mapped_size(const smmap_manager *manager)
{
    return manager ? look_at(manager, &manager->stats.bytes_mapped) : 0;
}

uint64_t smmap_manager_memory_limit(const smmap_manager *manager)
{
    return manager ? look_at(manager, &manager->memory_limit) : 0;
}

uint64_t smmap_manager_mappings(const smmap_manager *manager)
{
    return manager ? look_at(manager, &manager->stats.regions) : 0;
}

uint64_t smmap_manager_mapping_limit(const smmap_manager *manager)
{
    return manager ? look_at(manager, &manager->mapping_limit) : 0;
}

uint64_t smmap_manager_files(const smmap_manager *manager)
{
    return manager ? look_at(manager, &manager->stats.files) : 0;
}
