/* host.h - the calls of the operating system: folders, what a path names, the beginnings of
 * files, threads, processors, the environment. Failures are given as the system's errno,
 * 0 for none; what is made of them is the caller's. */
#ifndef PKR_HOST_H
#define PKR_HOST_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- Files ---------------------------------------------------------------------------------- */

enum pkr_kind { PKR_KIND_NONE, PKR_KIND_FILE, PKR_KIND_FOLDER, PKR_KIND_OTHER };

/* What a path names now. Two of these that are alike in all, taken of a folder, say that nothing
 * was added to it or removed between, as far as its times tell. */
typedef struct pkr_stamp {
    enum pkr_kind kind; /* NONE: it is not there, and all else is 0 */
    uint64_t device;
    uint64_t file; /* its number there */
    uint64_t size;
    int64_t changed; /* when, in seconds, and nanoseconds past them */
    int64_t changed_nanoseconds;
    int64_t status_changed; /* likewise of its name, rights and links */
    int64_t status_changed_nanoseconds;
} pkr_stamp;

/* Follows links. */
int pkr_host_look(const char *path, pkr_stamp *stamp);
/* Whether there is anything of that name, if only a symbolic link that leads nowhere. */
bool pkr_host_is_there(const char *path);
/* The same where it may not be possible to tell: 0, or what failed. */
int pkr_host_look_at_name(const char *path, bool *is_there);
/* Whether it is a folder itself, and no symbolic link to one. */
bool pkr_host_is_folder(const char *path);
/* The path without links, "." and "..", from the root; to be freed. */
int pkr_host_real_path(const char *path, char **real);
/* Where a symbolic link leads, as it is written; to be freed. NULL: it is no link, or not there. */
int pkr_host_link(const char *path, char **target);
/* Whether that failure says that there is no such file. */
bool pkr_host_is_absence(int failure);
bool pkr_stamp_same(const pkr_stamp *left, const pkr_stamp *right);
/* Whether a change right after `stamp` was taken may have left the times as they are: the clocks of
 * file systems tick some hundred times a second, and where they have whole seconds only, as rarely
 * as every two. */
bool pkr_stamp_is_young(const pkr_stamp *stamp);
/* Whether the last change is so short ago, two seconds, that more may belong to it. */
bool pkr_stamp_is_recent(const pkr_stamp *stamp);

/* The first `*length` bytes of a regular file, or as many as it has; none of any other. */
int pkr_host_read_head(const char *path, void *bytes, size_t *length);
/* The same, and `*kind` says what is there: NONE where that fails. A symbolic link is not followed:
 * with `*is_link` the bytes are where it leads, as it is written. */
int pkr_host_read_entry(const char *path, void *bytes, size_t *length, enum pkr_kind *kind,
                        bool *is_link);
/* Opens a file to be read in pieces, without waiting for anything; what it is, regular or not,
 * `stamp` says. To be closed. */
int pkr_host_open(const char *path, int *descriptor, pkr_stamp *stamp);
void pkr_host_close(int descriptor);
/* What it is now. */
int pkr_host_look_at(int descriptor, pkr_stamp *stamp);
/* `*length` bytes from `offset` on, or as many as there are. */
int pkr_host_read_at(int descriptor, uint64_t offset, void *bytes, size_t *length);
/* Names what is in a folder, in no order, until the visitor returns false. */
int pkr_host_each_name(const char *folder, bool (*visit)(void *context, const char *name),
                       void *context);

/* ---- Threads -------------------------------------------------------------------------------- */

/* All zeros: none. */
typedef struct pkr_thread {
    pthread_t thread;
    bool is_running;
    void (*work)(void *context);
    void *context;
} pkr_thread;

/* Where the system gives no thread the work is done before this returns. `thread` stays where it
 * is until it is joined. */
void pkr_thread_start(pkr_thread *thread, void (*work)(void *context), void *context);
void pkr_thread_join(pkr_thread *thread); /* harmless twice */

/* How many processors this process may run on; 1 at least. */
unsigned pkr_host_processors(void);

void pkr_host_nap(unsigned milliseconds);

/* ---- Environment ---------------------------------------------------------------------------- */

/* NULL where it is not set, or empty. */
const char *pkr_host_environment(const char *name);

#endif
