/* lock.h - the threads of this system: one lock, one signal. */
#ifndef SMM_LOCK_H
#define SMM_LOCK_H

#include <pthread.h>
#include <stdbool.h>

struct smm_lock {
    pthread_mutex_t mutex;
    pthread_cond_t loaded;
};

static inline bool smm_lock_make(struct smm_lock *lock)
{
    if (pthread_mutex_init(&lock->mutex, NULL))
        return false;
    if (!pthread_cond_init(&lock->loaded, NULL))
        return true;
    pthread_mutex_destroy(&lock->mutex);
    return false;
}

static inline void smm_lock_destroy(struct smm_lock *lock)
{
    pthread_cond_destroy(&lock->loaded);
    pthread_mutex_destroy(&lock->mutex);
}

static inline void smm_lock_take(struct smm_lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
}

static inline void smm_lock_drop(struct smm_lock *lock)
{
    pthread_mutex_unlock(&lock->mutex);
}

static inline void smm_lock_wait(struct smm_lock *lock)
{
    pthread_cond_wait(&lock->loaded, &lock->mutex);
}

static inline void smm_lock_wake(struct smm_lock *lock)
{
    pthread_cond_broadcast(&lock->loaded);
}

#endif
