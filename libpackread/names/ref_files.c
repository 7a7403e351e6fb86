/* ref_files.c - reads refs out of files, and out of packed-refs. */
#include "names/ref_files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "format/loose_ref.h"
#include "place/presence.h"

#define NO_REF "neither an id nor the name of a ref"
#define NO_FILE "not a regular file"
#define NO_NAME "not a valid name of a ref"
#define TRIES_MOST 4
#define ORDER_LOOSE 0
#define ORDER_PACKED 1
#define ORDER_BAD 2     /* a bad line of packed-refs */
#define ORDER_NOWHERE 3 /* a symbolic link that leads nowhere: as if there were no file */

int pkr_ref_files_begin(pkr_ref_files *files, pkr_budget *budget, packread_error *error)
{
    files->packed =
        (pkr_kept_file){.path = pkr_path_join(files->common, "packed-refs"), .budget = budget};
    files->parsed = 0;
    return files->packed.path ? 0 : pkr_error_memory(error);
}

void pkr_ref_files_end(pkr_ref_files *files)
{
    pkr_kept_file_free(&files->packed);
}

/* ---- One file -------------------------------------------------------------------------------- */

static char *join(const char *folder, const char *between, size_t between_length, const char *name,
                  size_t length)
{
    const size_t size = strlen(folder);
    char *path = malloc(size + sizeof "/worktrees//" + between_length + length);
    char *end = path;

    if (!path)
        return NULL;
    memcpy(end, folder, size);
    end += size;
    if (size > 0 && end[-1] != '/')
        *end++ = '/';
    if (between) {
        memcpy(end, "worktrees/", strlen("worktrees/"));
        end += strlen("worktrees/");
        memcpy(end, between, between_length);
        end += between_length;
        *end++ = '/';
    }
    memcpy(end, name, length);
    end[length] = '\0';
    return path;
}

char *pkr_ref_files_path(const char *own, const char *common, const char *name, size_t length)
{
    const pkr_ref_place place = pkr_ref_name_place(name, length);

    return join(place.home == PKR_REF_OWN ? own : common, place.worktree, place.worktree_length,
                place.name, place.length);
}

/* A symbolic link is a symbolic ref where it leads to the name of one; else it is followed. */
static bool is_ref_of_link(const char *text, size_t length, pkr_ref *ref)
{
    return length > 5 && memcmp(text, "refs/", 5) == 0 && pkr_ref_point(ref, text, length);
}

static int parse(const pkr_ref_files *files, const char *path, const char *bytes, size_t size,
                 pkr_ref *ref, packread_error *error)
{
    pkr_ref_value value;

    if (!pkr_loose_ref_parse(bytes, size, files->id_size, &value))
        return pkr_error_set(error, PACKREAD_ERROR_CORRUPT, path, NO_REF);
    if (value.id.size == 0)
        return pkr_ref_point(ref, value.target, value.target_length)
                   ? 0
                   : pkr_error_set(error, PACKREAD_ERROR_CORRUPT, path,
                                   "stands for what is no valid name of a ref");
    ref->id = value.id;
    ref->target_length = 0;
    ref->peeled.size = 0;
    ref->knows_peeled = false;
    return 0;
}

/* A ref that is bad, as one whose bytes are wrong, which is what is returned; told as what it is.
 */
static int not_regular(const char *path, packread_error *error)
{
    pkr_error_set(error, PACKREAD_ERROR_NOT_REGULAR, path, NO_FILE);
    return PACKREAD_ERROR_CORRUPT;
}

/* Whether a symbolic link, behind which no bytes are, leads to what is no file. */
static bool leads_to_no_file(const char *path)
{
    pkr_stamp stamp;

    return pkr_host_look(path, &stamp) == 0 && stamp.kind == PKR_KIND_OTHER;
}

/* `*kind` is what is there. */
static int read_path(const pkr_ref_files *files, const char *path, pkr_ref *ref,
                     enum pkr_kind *kind, packread_error *error)
{
    char bytes[PKR_LOOSE_REF_HEAD];
    size_t length = sizeof bytes;
    bool is_link;
    int failure = pkr_host_read_entry(path, bytes, &length, kind, &is_link);

    if (failure == 0 && is_link) {
        if (is_ref_of_link(bytes, length, ref))
            return 0;
        length = sizeof bytes;
        failure = pkr_host_read_head(path, bytes, &length);
        if (failure == 0 && length == 0 && leads_to_no_file(path))
            return not_regular(path, error);
    }
    if (pkr_host_is_absence(failure) || failure == ENAMETOOLONG || *kind == PKR_KIND_FOLDER)
        return PACKREAD_ERROR_NOT_FOUND;
    if (failure != 0)
        return pkr_error_system(error, path, failure, "cannot be read");
    if (*kind == PKR_KIND_OTHER)
        return not_regular(path, error);
    return parse(files, path, bytes, length, ref, error);
}

int pkr_ref_files_read_loose(const pkr_ref_files *files, const char *name, size_t length,
                             pkr_ref *ref, packread_error *error)
{
    char *path = pkr_ref_files_path(files->own, files->common, name, length);
    enum pkr_kind kind;
    int status;

    if (!path)
        return pkr_error_memory(error);
    status = read_path(files, path, ref, &kind, error);
    free(path);
    return status;
}

/* ---- packed-refs ----------------------------------------------------------------------------- */

/* With the lock. */
static int look_at_packed(pkr_ref_files *files, packread_error *error)
{
    int status = pkr_kept_file_look(&files->packed, error);

    if (status != 0 || files->parsed == files->packed.changes)
        return status;
    pkr_packed_refs_begin(&files->refs, files->packed.bytes, files->packed.size, files->id_size);
    files->parsed = files->packed.changes;
    return 0;
}

static void take_packed(const pkr_packed_ref *found, pkr_ref *ref)
{
    ref->id = found->id;
    ref->peeled = found->peeled;
    ref->knows_peeled = found->knows_peeled;
    ref->target_length = 0;
}

/* With the lock. */
static int find_packed(pkr_ref_files *files, const char *name, size_t length, pkr_ref *ref,
                       packread_error *error)
{
    pkr_packed_ref found = {.name = NULL};
    pkr_fault fault;
    int status = look_at_packed(files, error);

    if (status != 0)
        return status;
    switch (pkr_packed_refs_find(&files->refs, name, length, &found)) {
    case 1:
        take_packed(&found, ref);
        return 0;
    case 0:
        return PACKREAD_ERROR_NOT_FOUND;
    default:
        pkr_fault_at(&fault, PACKREAD_ERROR_CORRUPT, files->packed.path, found.place, found.why);
        return pkr_fault_publish(&fault, error);
    }
}

uint64_t pkr_ref_files_changes(pkr_ref_files *files)
{
    uint64_t changes;

    pkr_lock_take(files->lock);
    changes = files->packed.changes;
    pkr_lock_give(files->lock);
    return changes;
}

int pkr_ref_files_read(pkr_ref_files *files, const char *name, size_t length, pkr_ref *ref,
                       packread_error *error)
{
    int status = PACKREAD_ERROR_NOT_FOUND;
    uint64_t before = 0;
    uint64_t after = 1;

    for (int i = 0; status == PACKREAD_ERROR_NOT_FOUND && before != after && i < TRIES_MOST; i++) {
        before = pkr_ref_files_changes(files);
        status = pkr_ref_files_read_loose(files, name, length, ref, error);
        if (status != PACKREAD_ERROR_NOT_FOUND)
            return status;
        pkr_lock_take(files->lock);
        status = find_packed(files, name, length, ref, error);
        after = files->packed.changes;
        pkr_lock_give(files->lock);
    }
    return status;
}

bool pkr_ref_files_is_lost(pkr_ref_files *files, const char *name, size_t length)
{
    bool is_lost;

    pkr_lock_take(files->lock);
    is_lost =
        look_at_packed(files, NULL) == 0 && pkr_packed_refs_has_bad(&files->refs, name, length);
    pkr_lock_give(files->lock);
    return is_lost;
}

/* ---- All of them ----------------------------------------------------------------------------- */

/* The folders that have yet to be read, as beginnings of names: "refs/heads/". */
typedef struct walk {
    pkr_ref_files *files;
    pkr_ref_list *list;
    pkr_ref_list folders; /* not sorted */
    size_t next;          /* the place of the next one in their text */
    char name[PKR_REF_NAME_MAX + 2];
    size_t begin;    /* bytes of the folder's name in it; the rest is that of what is in it */
    bool takes_root; /* the names are not below refs/: only some are refs */
    pkr_ref ref;
    int status;
    packread_error *error;
} walk;

static int add_folder(walk *on, const char *name, size_t length)
{
    static const pkr_ref_row blank = {.order = 0};

    return pkr_ref_list_add(&on->folders, name, length, NULL, &blank, on->error);
}

/* Whether a folder of that name may have refs that are wanted, or is one of them. */
static bool leads_on(const walk *on, const char *folder, size_t length)
{
    const char *prefix = on->list->prefix;
    const size_t size = strlen(prefix);

    return memcmp(folder, prefix, length < size ? length : size) == 0;
}

/* Whether what the system does not let us read is one file, or a symbolic link, which leads to one
 * at most: links are not followed to folders. */
static bool is_one_ref(const char *path)
{
    pkr_stamp stamp;
    const int failure = pkr_host_look(path, &stamp);

    if (failure == 0)
        return stamp.kind == PKR_KIND_FILE;
    return !pkr_presence_may_pass(failure, false) && pkr_host_is_there(path);
}

/* A file that cannot be opened is a ref that cannot be read; a folder may have any number of them.
 */
static int take_failure(walk *on, const char *path, size_t length, const packread_error *failure)
{
    const pkr_ref_row row = {.order = ORDER_LOOSE,
                             .code = failure->code,
                             .system_errno = failure->system_errno,
                             .trouble = "cannot be read"};

    if (is_one_ref(path))
        return pkr_ref_list_add(on->list, on->name, length, NULL, &row, on->error);
    if (on->error)
        *on->error = *failure;
    return failure->code;
}

/* What is not there may be a symbolic link that is. */
static int take_absence(walk *on, const char *path, size_t length)
{
    static const pkr_ref_row row = {
        .order = ORDER_NOWHERE, .code = PACKREAD_ERROR_NOT_FOUND, .trouble = "leads nowhere"};
    char *link = NULL;
    const int failure = pkr_host_link(path, &link);
    const bool is_link = failure == 0 && link;

    free(link);
    if (failure == ENOMEM)
        return pkr_error_memory(on->error);
    if (failure != 0 && !pkr_host_is_absence(failure))
        return pkr_error_system(on->error, path, failure, "cannot be read");
    return is_link ? pkr_ref_list_add(on->list, on->name, length, NULL, &row, on->error) : 0;
}

/* `code` is why it cannot be read, or 0. */
static int take_ref(walk *on, size_t length, int code)
{
    pkr_ref_row row = {.order = ORDER_LOOSE, .code = code};

    if (code != 0) {
        row.trouble = code == PACKREAD_ERROR_NOT_REGULAR ? NO_FILE : NO_REF;
    } else if (!pkr_ref_name_is_valid(on->name, length)) {
        row.code = PACKREAD_ERROR_CORRUPT;
        row.trouble = NO_NAME;
    }
    return pkr_ref_list_add(on->list, on->name, length, row.trouble ? NULL : &on->ref, &row,
                            on->error);
}

/* What is in a folder under that name, which is whole in `on->name`. */
static int take_file(walk *on, size_t length)
{
    enum pkr_kind kind = PKR_KIND_NONE;
    packread_error detail = {0};
    char *path;
    int status;

    on->name[length] = '/';
    if (!on->takes_root && !leads_on(on, on->name, length + 1) &&
        !pkr_ref_list_wants(on->list, on->name, length))
        return 0;
    path = pkr_ref_files_path(on->files->own, on->files->common, on->name, length);
    if (!path)
        return pkr_error_memory(on->error);
    status = read_path(on->files, path, &on->ref, &kind, &detail);
    if (kind == PKR_KIND_FOLDER)
        status = on->takes_root ? 0 : add_folder(on, on->name, length + 1);
    else if (status == PACKREAD_ERROR_NOT_FOUND)
        status = take_absence(on, path, length);
    else if (status == 0 || status == PACKREAD_ERROR_CORRUPT)
        status = take_ref(on, length, detail.code);
    else
        status = take_failure(on, path, length, &detail);
    free(path);
    return status;
}

/* Names that a linked work tree has in its own folder. */
static bool is_elsewhere(const walk *on, const char *name)
{
    return strcmp(on->files->own, on->files->common) != 0 && on->begin == strlen("refs/") &&
           (strcmp(name, "bisect") == 0 || strcmp(name, "worktree") == 0 ||
            strcmp(name, "rewritten") == 0);
}

static bool take_name(void *context, const char *name)
{
    walk *on = context;
    const size_t length = strlen(name);

    if (name[0] == '.' || pkr_path_ends_with(name, ".lock") ||
        length > PKR_REF_NAME_MAX - on->begin)
        return true;
    if (on->takes_root ? !pkr_ref_name_is_root(name, length) : is_elsewhere(on, name))
        return true;
    memcpy(on->name + on->begin, name, length + 1);
    on->status = take_file(on, on->begin + length);
    return on->status == 0;
}

static int read_folder(walk *on)
{
    char *path = on->takes_root
                     ? strdup(on->files->own)
                     : pkr_ref_files_path(on->files->own, on->files->common, on->name, on->begin);
    int failure;

    if (!path)
        return pkr_error_memory(on->error);
    on->status = 0;
    failure = pkr_host_each_name(path, take_name, on);
    if (on->status == 0 && failure != 0 && !pkr_host_is_absence(failure))
        on->status = pkr_error_system(on->error, path, failure, "cannot be read");
    free(path);
    return on->status;
}

static int walk_folders(walk *on)
{
    static const char *const first[] = {"refs/", "refs/bisect/", "refs/worktree/",
                                        "refs/rewritten/"};
    const size_t count = strcmp(on->files->own, on->files->common) != 0 ? 4 : 1;
    int status = 0;

    on->takes_root = true;
    on->begin = 0;
    if (on->list->prefix[0] == '\0')
        status = read_folder(on);
    on->takes_root = false;
    for (size_t i = 0; status == 0 && i < count; i++)
        if (leads_on(on, first[i], strlen(first[i])))
            status = add_folder(on, first[i], strlen(first[i]));
    for (size_t i = 0; status == 0 && i < pkr_ref_list_count(&on->folders); i++) {
        on->begin = pkr_ref_list_row(&on->folders, i)->length;
        memcpy(on->name, (const char *)on->folders.text + on->next, on->begin);
        on->next += on->begin + 1;
        status = read_folder(on);
    }
    return status;
}

static int list_loose(pkr_ref_files *files, pkr_ref_list *list, packread_error *error)
{
    walk *on = calloc(1, sizeof *on);
    int status;

    if (!on)
        return pkr_error_memory(error);
    on->files = files;
    on->list = list;
    on->error = error;
    pkr_ref_list_begin(&on->folders, list->budget, "");
    status = walk_folders(on);
    pkr_ref_list_free(&on->folders);
    free(on);
    return status;
}

/* Of a line that is no ref the name may be anything: only what can be that of a ref is told. */
static int take_bad_line(const pkr_ref_files *files, pkr_ref_list *list,
                         const pkr_packed_ref *found, packread_error *error)
{
    const pkr_ref_row row = {.order = ORDER_BAD,
                             .code = PACKREAD_ERROR_CORRUPT,
                             .trouble = found->why ? found->why : NO_NAME,
                             .file = files->packed.path,
                             .offset = found->place};
    const bool is_name =
        found->name && (!found->why || pkr_ref_name_is_valid(found->name, found->length));

    return pkr_ref_list_add(list, is_name ? found->name : "", is_name ? found->length : 0, NULL,
                            &row, error);
}

/* With the lock. */
static int list_packed(pkr_ref_files *files, pkr_ref_list *list, packread_error *error)
{
    static const pkr_ref_row row = {.order = ORDER_PACKED};
    pkr_packed_ref found;
    pkr_ref ref;
    size_t at;
    int got;
    int status = look_at_packed(files, error);

    at = files->refs.begin;
    while (status == 0 && (got = pkr_packed_refs_next(&files->refs, &at, &found)) != 0) {
        if (got < 0 || !pkr_ref_name_is_valid(found.name, found.length)) {
            status = take_bad_line(files, list, &found, error);
            continue;
        }
        take_packed(&found, &ref);
        status = pkr_ref_list_add(list, found.name, found.length, &ref, &row, error);
    }
    return status;
}

int pkr_ref_files_list(pkr_ref_files *files, pkr_ref_list *list, packread_error *error)
{
    int status = list_loose(files, list, error);

    if (status != 0)
        return status;
    pkr_lock_take(files->lock);
    status = list_packed(files, list, error);
    pkr_lock_give(files->lock);
    return status;
}
