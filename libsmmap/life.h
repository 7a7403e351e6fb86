/* life.h - the end of a manager. */
#ifndef SMM_LIFE_H
#define SMM_LIFE_H

#include "manager.h"

/* Drops the lock; frees it all if it was released and its last cursor is gone. */
void smm_manager_leave(smmap_manager *manager);

#endif
