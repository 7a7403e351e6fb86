/* stress_world.h - what test_stress knows of the repository that stress_writer.sh works on: the
 * writer's journal, read while it grows; and what the threads share. Any thread may call all of it.
 */
#ifndef STRESS_WORLD_H
#define STRESS_WORLD_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "packread.h"

typedef struct fact {
    packread_id id;
    enum packread_type type;
    uint64_t size;
} fact;

typedef struct facts {
    fact *list;
    size_t count;
    size_t capacity;
} facts;

void facts_add(facts *to, const fact *what);
/* By id. */
void facts_sort(facts *all);
/* Among sorted ones; NULL if it is not there. */
const fact *facts_find(const facts *all, const packread_id *id);
int facts_compare(const void *left, const void *right);
/* A line "ID TYPE SIZE". */
bool fact_parse(const char *line, fact *what);

typedef struct known_ref {
    char name[100];
    packread_id id; /* it led there, and then to what comes after it */
} known_ref;

typedef struct world {
    char *repository;
    pthread_mutex_t lock; /* of the two files and what was read of them */
    FILE *journal;
    FILE *refs_file;
    facts facts;
    known_ref refs[20000]; /* a line for each time that one moved; what is read stays */
    size_t ref_count;
    atomic_bool ends;
    packread_snapshot *snapshot; /* shared by the threads */
} world;

/* Waits until the writer has begun; false if it does not. */
bool world_open(world *of);
void world_close(world *of);

/* One thread's work. */
typedef struct job {
    pthread_t thread;
    world *of;
    uint64_t state; /* of the random numbers */
    uint64_t done;
    uint64_t objects;
    uint64_t changed; /* answers that said that files changed meanwhile */
    char failure[700];
} job;

/* Notes the first failure, and ends all jobs: assertions belong to the main thread. */
void job_note(job *self, const char *what, const packread_id *id, const packread_error *error);
void job_note_name(job *self, const char *what, const char *name, const packread_error *error);
bool job_goes_on(const job *self);

/* All that is known to be there from now on, by id, each once. To be freed. */
facts known_now(world *of);
fact known_object(job *self);
/* A ref that is there, as it was when it was last told. */
const known_ref *known_ref_of(job *self);
/* Where the ref is known to have been before `now`: it may not be seen there again. */
bool known_past(const world *of, const known_ref *now, const packread_id *id);

#endif
