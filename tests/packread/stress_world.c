/* stress_world.c - what the writer has told so far. */
#include "stress_world.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "samples.h"
#include "suite.h"

/* ---- Facts -------------------------------------------------------------------------------------
 */

int facts_compare(const void *left, const void *right)
{
    return packread_id_compare(&((const fact *)left)->id, &((const fact *)right)->id);
}

void facts_sort(facts *all)
{
    if (all->count > 0)
        qsort(all->list, all->count, sizeof *all->list, facts_compare);
}

const fact *facts_find(const facts *all, const packread_id *id)
{
    fact key = {.id = *id};

    return all->count == 0 ? NULL
                           : bsearch(&key, all->list, all->count, sizeof *all->list, facts_compare);
}

void facts_add(facts *to, const fact *what)
{
    if (to->count == to->capacity) {
        to->capacity = to->capacity ? 2 * to->capacity : 4096;
        to->list = realloc(to->list, to->capacity * sizeof *to->list);
        if (!to->list)
            abort();
    }
    to->list[to->count++] = *what;
}

bool fact_parse(const char *line, fact *what)
{
    char hex[80];
    char type[20];
    unsigned long long size;

    memset(what, 0, sizeof *what);
    if (sscanf(line, "%79s %19s %llu", hex, type, &size) != 3 ||
        packread_id_parse(hex, strlen(hex), &what->id) != 0)
        return false;
    what->type = packread_type_parse(type, strlen(type));
    what->size = size;
    return true;
}

/* ---- The journal --------------------------------------------------------------------------------
 */

/* The next whole line; what the writer has written half of is left for later. */
static bool next_line(FILE *file, char *line, int size)
{
    long begin = ftell(file);

    if (!fgets(line, size, file) || !strchr(line, '\n')) {
        clearerr(file);
        fseek(file, begin, SEEK_SET);
        return false;
    }
    return true;
}

static void read_journal(world *of)
{
    char line[300];
    fact what;

    while (next_line(of->journal, line, sizeof line)) {
        if (!fact_parse(line, &what))
            abort();
        facts_add(&of->facts, &what);
    }
}

static void read_refs(world *of)
{
    char line[300];

    while (next_line(of->refs_file, line, sizeof line)) {
        known_ref *ref = &of->refs[of->ref_count];
        char hex[80];

        if (of->ref_count == sizeof of->refs / sizeof *of->refs)
            return; /* enough is known */
        memset(ref, 0, sizeof *ref);
        if (sscanf(line, "%79s %99s", hex, ref->name) != 2 ||
            packread_id_parse(hex, strlen(hex), &ref->id) != 0)
            abort();
        of->ref_count++;
    }
}

facts known_now(world *of)
{
    facts now = {NULL, 0, 0};
    size_t kept = 0;

    pthread_mutex_lock(&of->lock);
    read_journal(of);
    for (size_t i = 0; i < of->facts.count; i++)
        facts_add(&now, &of->facts.list[i]);
    pthread_mutex_unlock(&of->lock);
    facts_sort(&now);
    for (size_t i = 0; i < now.count; i++)
        if (kept == 0 || facts_compare(&now.list[kept - 1], &now.list[i]) != 0)
            now.list[kept++] = now.list[i];
    now.count = kept;
    return now;
}

fact known_object(job *self)
{
    fact any;

    pthread_mutex_lock(&self->of->lock);
    read_journal(self->of);
    any = self->of->facts.list[suite_random_below(&self->state, self->of->facts.count)];
    pthread_mutex_unlock(&self->of->lock);
    return any;
}

static const known_ref *last_of(const world *of, const char *name)
{
    for (size_t i = of->ref_count; i > 0; i--)
        if (strcmp(of->refs[i - 1].name, name) == 0)
            return &of->refs[i - 1];
    return NULL;
}

const known_ref *known_ref_of(job *self)
{
    world *of = self->of;
    const known_ref *any;

    pthread_mutex_lock(&of->lock);
    read_refs(of);
    any = last_of(of, of->refs[suite_random_below(&self->state, of->ref_count)].name);
    pthread_mutex_unlock(&of->lock);
    return any;
}

bool known_past(const world *of, const known_ref *now, const packread_id *id)
{
    bool is_there = false;

    for (size_t i = 0; &of->refs[i] < now; i++)
        if (strcmp(of->refs[i].name, now->name) == 0)
            is_there = is_there || packread_id_compare(&of->refs[i].id, id) == 0;
    return is_there && packread_id_compare(&now->id, id) != 0;
}

/* ---- The world ----------------------------------------------------------------------------------
 */

static FILE *open_when_there(const char *name)
{
    char *path = suite_scratch_path(name);
    struct timespec moment = {0, 20000000};
    FILE *file = fopen(path, "r");

    for (int i = 0; i < 1000 && !file; i++) {
        nanosleep(&moment, NULL);
        file = fopen(path, "r");
    }
    free(path);
    return file;
}

static void close_file(FILE *file)
{
    if (file)
        fclose(file);
}

/* The folder `other` is made after the first objects and refs were told. */
bool world_open(world *of)
{
    FILE *begun = open_when_there("other/HEAD");

    pthread_mutex_init(&of->lock, NULL);
    of->repository = suite_scratch_path("repository");
    of->journal = open_when_there("journal");
    of->refs_file = open_when_there("refs");
    if (begun && of->journal && of->refs_file) {
        read_journal(of);
        read_refs(of);
        of->snapshot = sample_open(of->repository, NULL);
    }
    close_file(begun);
    return of->ref_count > 0 && of->facts.count > 0;
}

void world_close(world *of)
{
    packread_snapshot_free(of->snapshot);
    close_file(of->journal);
    close_file(of->refs_file);
    free(of->facts.list);
    free(of->repository);
    pthread_mutex_destroy(&of->lock);
}

/* ---- A job --------------------------------------------------------------------------------------
 */

void job_note(job *self, const char *what, const packread_id *id, const packread_error *error)
{
    char hex[PACKREAD_HEX_MAX + 1] = "";

    if (self->failure[0])
        return;
    if (id)
        packread_id_format(id, hex);
    snprintf(self->failure, sizeof self->failure, "%s %s%s%.250s%s%.160s (%d)", what, hex,
             error ? ": " : "", error ? error->file : "", error ? ": " : "",
             error ? error->text : "", error ? error->code : 0);
    atomic_store(&self->of->ends, true);
}

void job_note_name(job *self, const char *what, const char *name, const packread_error *error)
{
    char text[300];

    snprintf(text, sizeof text, "%s %s", what, name);
    job_note(self, text, NULL, error);
}

bool job_goes_on(const job *self)
{
    return !self->failure[0] && !atomic_load(&self->of->ends);
}
