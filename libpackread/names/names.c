/* names.c - makes what a snapshot knows of names, and ends it. */
#include "names/names.h"

#include <stdlib.h>

#include "platform/host.h"

#define REPLACE_BASE "refs/replace/"

static void end(pkr_attached *attached)
{
    pkr_names *names = (pkr_names *)attached;

    pkr_grafts_end(&names->grafts);
    pkr_replace_end(&names->replace);
    pkr_refs_end(&names->refs);
    pkr_bundle_refs_end(&names->bundle);
    free(names);
}

/* NULL: nothing is replaced. */
static const char *replace_base(const packread_snapshot *snapshot)
{
    const char *base;

    if (snapshot->repository && snapshot->repository->ignores_replacements)
        return NULL;
    if (snapshot->flags & PACKREAD_NO_ENVIRONMENT)
        return REPLACE_BASE;
    if (pkr_host_environment("GIT_NO_REPLACE_OBJECTS"))
        return NULL;
    base = pkr_host_environment("GIT_REPLACE_REF_BASE");
    return base ? base : REPLACE_BASE;
}

/* One that was named itself; NULL: it is none. */
static const pkr_pack *bundle_of(const packread_snapshot *snapshot)
{
    const pkr_pack *pack = snapshot->looking.is_begun ? NULL : pkr_packs_get(&snapshot->packs, 0);

    return pack && pack->bundle.version != 0 ? pack : NULL;
}

static int begin(pkr_names *names, packread_snapshot *snapshot, packread_error *error)
{
    const pkr_repository *repository = snapshot->repository;
    const pkr_pack *bundle = bundle_of(snapshot);
    const char *base = replace_base(snapshot);
    int status = pkr_bundle_refs_begin(&names->bundle, bundle, &snapshot->budget, error);

    names->attached.end = end;
    names->is_repository = repository != NULL;
    names->has_refs = repository || bundle;
    names->trusts_names = repository && repository->trusts_names;
    names->meant = repository ? repository->meant : PKR_MEANT_ANY;
    names->id_size = repository && repository->tells_id_size ? repository->id_size : 0;
    if (status == 0 && repository)
        status = pkr_refs_begin(&names->refs, repository, &snapshot->budget, error);
    if (status == 0)
        status = pkr_replace_begin(&names->replace, repository && base ? &names->refs : NULL,
                                   base ? base : "", error);
    if (status == 0)
        status = pkr_grafts_begin(&names->grafts, &snapshot->budget,
                                  repository ? repository->common_dir : NULL,
                                  repository ? repository->id_size : 0, error);
    return status;
}

int pkr_names_get(packread_snapshot *snapshot, pkr_names **names, packread_error *error)
{
    pkr_attached *there = atomic_load(&snapshot->names);
    pkr_names *made;
    int status;

    if (!there) {
        made = calloc(1, sizeof *made);
        if (!made)
            return pkr_error_memory(error);
        status = begin(made, snapshot, error);
        /* Another thread may have been faster. */
        if (status == 0 &&
            atomic_compare_exchange_strong(&snapshot->names, &there, &made->attached)) {
            *names = made;
            return 0;
        }
        end(&made->attached);
        if (status != 0)
            return status;
    }
    *names = (pkr_names *)there;
    return 0;
}

/* Where several hashes are in use, the longest. */
size_t pkr_names_id_size(pkr_names *names, const packread_snapshot *snapshot)
{
    const size_t size = names->id_size ? names->id_size : snapshot->id_size;
    const size_t count = pkr_packs_count(&snapshot->packs);
    size_t longest = atomic_load(&names->longest);

    if (size != 0)
        return size;
    for (size_t i = atomic_load(&names->packs); i < count; i++)
        if (pkr_packs_get(&snapshot->packs, i)->idx.id_size > longest)
            longest = pkr_packs_get(&snapshot->packs, i)->idx.id_size;
    atomic_store(&names->longest, longest);
    atomic_store(&names->packs, count);
    return longest ? longest : 20;
}

int pkr_names_find_ref(pkr_names *names, const char *name, size_t length, packread_id *id,
                       packread_error *error)
{
    return names->is_repository ? pkr_refs_find(&names->refs, name, length, id, error)
                                : pkr_bundle_refs_find(&names->bundle, name, length, id, error);
}

bool pkr_names_is_broken_ref(const pkr_names *names, const packread_error *error)
{
    return names->is_repository && pkr_refs_is_broken(&names->refs, error);
}

bool pkr_names_is_lost_ref(pkr_names *names, const char *name, size_t length)
{
    return names->is_repository && pkr_refs_is_lost(&names->refs, name, length);
}
