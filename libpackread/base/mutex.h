/* mutex.h - one thread at a time. Of the system's calls the only ones below platform: the budget,
 * which all folders share, has locks. */
#ifndef PKR_MUTEX_H
#define PKR_MUTEX_H

#include <pthread.h>
#include <stdbool.h>

typedef struct pkr_lock {
    pthread_mutex_t mutex;
} pkr_lock;

/* False: there is none. */
static inline bool pkr_lock_make(pkr_lock *lock)
{
    return pthread_mutex_init(&lock->mutex, NULL) == 0;
}

static inline void pkr_lock_unmake(pkr_lock *lock)
{
    pthread_mutex_destroy(&lock->mutex);
}

static inline void pkr_lock_take(pkr_lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
}

static inline void pkr_lock_give(pkr_lock *lock)
{
    pthread_mutex_unlock(&lock->mutex);
}

#endif
