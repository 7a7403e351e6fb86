/* test_stress.c - a repository that git commits to, fetches into and tidies up all the time
 * (stress_writer.sh), while four threads and the program itself read, list and resolve names: no
 * object that is reachable is ever missing, wrong or told twice.
 *
 * STRESS_SECONDS: how long, 5 by default and 60 with CHECK_LARGE=1. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "samples.h"
#include "stress_world.h"
#include "suite.h"

/* ---- Objects -----------------------------------------------------------------------------------
 */

/* Assertions belong to the main thread. NULL after a failure. */
static packread_reader *new_reader(job *self, packread_snapshot *snapshot)
{
    packread_reader *reader = NULL;
    packread_error error;

    memset(&error, 0, sizeof error);
    if (packread_reader_new(snapshot, &reader, &error) != 0)
        job_note(self, "a reader", NULL, &error);
    return reader;
}

static void read_one(job *self, packread_reader *reader)
{
    fact wanted = known_object(self);
    packread_object object;
    packread_error error;
    int status;

    memset(&error, 0, sizeof error);
    status = packread_reader_read(reader, &wanted.id, &object, &error);
    if (status != 0)
        job_note(self, "missing: read", &wanted.id, &error);
    else if (object.type != wanted.type || object.size != wanted.size ||
             !sample_hashes_to(&wanted.id, object.type, object.data, object.size))
        job_note(self, "wrong: read", &wanted.id, NULL);
}

static void find_one(job *self, packread_reader *reader)
{
    fact wanted = known_object(self);
    packread_location location;
    packread_info info = {.struct_size = sizeof info};
    packread_error error;
    char hex[PACKREAD_HEX_MAX + 1];
    packread_id id;
    int status;

    memset(&error, 0, sizeof error);
    packread_id_format(&wanted.id, hex);
    status = packread_reader_find_prefix(reader, hex, 24, &id, &error);
    if (status != 0) {
        job_note(self, "missing: find by prefix", &wanted.id, &error);
        return;
    }
    for (int times = 0; times < 50; times++) {
        status = packread_reader_find(reader, &id, &location, &error);
        if (status != 0) {
            job_note(self, "missing: find", &wanted.id, &error);
            return;
        }
        status = packread_reader_info(reader, &location, PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE,
                                      &info, &error);
        if (status == 0)
            break;
        if (status != PACKREAD_ERROR_CHANGED) /* what a location names may go: find it again */
            break;
        self->changed++;
    }
    if (status != 0)
        job_note(self, "missing: info", &wanted.id, &error);
    else if (info.type != wanted.type || info.size != wanted.size ||
             packread_id_compare(&info.id, &wanted.id) != 0)
        job_note(self, "wrong: info", &wanted.id, NULL);
}

static void *read_objects(void *context)
{
    job *self = context;
    packread_reader *reader = new_reader(self, self->of->snapshot);

    while (job_goes_on(self)) {
        if (self->done % 3 == 2)
            find_one(self, reader);
        else
            read_one(self, reader);
        self->done++;
        self->objects++;
        if (self->done % 500 == 499) {
            packread_reader_free(reader);
            reader = new_reader(self, self->of->snapshot);
        }
    }
    packread_reader_free(reader);
    return NULL;
}

/* ---- Listings ----------------------------------------------------------------------------------
 */

typedef struct listing {
    job *self;
    const facts *known;
    facts told;
    bool by_id;
} listing;

/* What nobody reaches may be pruned between its turn in the listing and its reading. */
static int take(void *context, const packread_info *info, const packread_error *error)
{
    listing *all = context;
    const fact *known = facts_find(all->known, &info->id);
    fact told = {.id = info->id, .type = info->type, .size = info->size};

    if (error && known)
        job_note(all->self, "missing: listed, but not read", &info->id, error);
    if (known && !error && (known->type != info->type || known->size != info->size))
        job_note(all->self, "wrong: listed", &info->id, NULL);
    if (all->by_id && all->told.count > 0 &&
        packread_id_compare(&all->told.list[all->told.count - 1].id, &info->id) >= 0)
        job_note(all->self, "told twice, or out of order:", &info->id, NULL);
    facts_add(&all->told, &told);
    return all->self->failure[0] != 0;
}

static void check_listing(job *self, const facts *known, facts *told)
{
    size_t at = 0;

    facts_sort(told);
    for (size_t i = 1; i < told->count; i++)
        if (facts_compare(&told->list[i - 1], &told->list[i]) == 0)
            job_note(self, "told twice:", &told->list[i].id, NULL);
    for (size_t i = 0; i < known->count; i++) {
        while (at < told->count && facts_compare(&told->list[at], &known->list[i]) < 0)
            at++;
        if (at == told->count || facts_compare(&told->list[at], &known->list[i]) != 0)
            job_note(self, "missing: not listed", &known->list[i].id, NULL);
    }
}

static void list_once(job *self, packread_reader *reader, enum packread_order order)
{
    facts known = known_now(self->of);
    packread_list_options options = {.struct_size = sizeof options,
                                     .order = order,
                                     .want = PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE,
                                     .once = true};
    listing all = {self, &known, {NULL, 0, 0}, order == PACKREAD_BY_ID};
    packread_error error;
    int status;

    memset(&error, 0, sizeof error);
    status = packread_reader_list(reader, &options, take, &all, &error);
    if (status == PACKREAD_ERROR_CHANGED && !error.id.size)
        self->changed++; /* not of one moment, and it says so */
    else if (status != 0 && !(error.id.size && !facts_find(&known, &error.id)))
        job_note(self, "a listing:", NULL, &error);
    else
        check_listing(self, &known, &all.told);
    self->done++;
    self->objects += all.told.count;
    free(all.told.list);
    free(known.list);
}

static void *list_objects(void *context)
{
    job *self = context;
    packread_reader *reader = new_reader(self, self->of->snapshot);

    while (job_goes_on(self))
        list_once(self, reader, self->done % 3 ? PACKREAD_BY_ID : PACKREAD_BY_OFFSET);
    packread_reader_free(reader);
    return NULL;
}

/* A snapshot of its own each time: opening, while files come and go. */
static void *open_anew(void *context)
{
    job *self = context;

    while (job_goes_on(self)) {
        packread_snapshot *snapshot = NULL;
        packread_reader *reader = NULL;
        packread_error error;

        memset(&error, 0, sizeof error);
        if (packread_snapshot_open(self->of->repository, NULL, &snapshot, &error) != 0 ||
            packread_reader_new(snapshot, &reader, &error) != 0)
            job_note(self, "opening:", NULL, &error);
        for (int i = 0; i < 20 && job_goes_on(self); i++)
            read_one(self, reader);
        if (job_goes_on(self))
            list_once(self, reader, PACKREAD_BY_ID);
        packread_reader_free(reader);
        packread_snapshot_free(snapshot);
    }
    return NULL;
}

/* ---- Names -------------------------------------------------------------------------------------
 */

static void resolve_one(job *self, packread_reader *reader)
{
    static const char *const suffixes[] = {"", "^0", "^{tree}", "^{}", "~0^{commit}", ":"};
    const known_ref *ref = known_ref_of(self);
    const char *suffix = suffixes[self->done % 6];
    packread_name found = {.struct_size = sizeof found};
    packread_object object;
    packread_error error;
    char name[200];
    int status;

    snprintf(name, sizeof name, "%s%s", self->done % 4 ? ref->name : strchr(ref->name, '/') + 1,
             suffix);
    memset(&error, 0, sizeof error);
    status = packread_reader_resolve(reader, name, strlen(name), 0, &found, &error);
    if (status == 0)
        status = packread_reader_read(reader, &found.id, &object, &error);
    if (status != 0)
        job_note_name(self, "missing: the name", name, &error);
    else if (object.type != (strcmp(suffix, "^{tree}") == 0 || strcmp(suffix, ":") == 0
                                 ? PACKREAD_TREE
                                 : PACKREAD_COMMIT))
        job_note_name(self, "wrong: the type of", name, NULL);
    else if (!suffix[0] && known_past(self->of, ref, &found.id))
        job_note_name(self, "wrong: seen as it was long before:", name, NULL);
}

typedef struct ref_visit {
    job *self;
    size_t count;
    size_t at;
    const char *sought[64]; /* some refs that have to come */
    size_t found[64];
    char last[100];
} ref_visit;

static int take_ref(void *context, const packread_ref *ref, const packread_error *error)
{
    ref_visit *visit = context;

    visit->count++;
    if (error)
        job_note_name(visit->self, "a ref:", ref->name, error);
    if (visit->last[0] && strcmp(visit->last, ref->name) >= 0)
        job_note_name(visit->self, "told twice, or out of order:", ref->name, NULL);
    snprintf(visit->last, sizeof visit->last, "%s", ref->name);
    for (size_t i = 0; i < visit->at; i++)
        visit->found[i] += strcmp(visit->sought[i], ref->name) == 0;
    return visit->self->failure[0] != 0;
}

static void list_refs(job *self)
{
    ref_visit visit = {.self = self};
    packread_error error;
    int status;

    while (visit.at < sizeof visit.sought / sizeof *visit.sought)
        visit.sought[visit.at++] = known_ref_of(self)->name;
    memset(&error, 0, sizeof error);
    status = packread_snapshot_refs(self->of->snapshot, take_ref, &visit, &error);
    if (status != 0)
        job_note(self, "listing refs:", NULL, &error);
    for (size_t i = 0; i < visit.at && !self->failure[0]; i++)
        if (visit.found[i] != 1)
            job_note_name(self, "missing: the ref", visit.sought[i], NULL);
    self->objects += visit.count;
}

static void *resolve_names(void *context)
{
    job *self = context;
    packread_reader *reader = new_reader(self, self->of->snapshot);

    while (job_goes_on(self)) {
        resolve_one(self, reader);
        if (self->done % 20 == 19)
            list_refs(self);
        self->done++;
        self->objects++;
    }
    packread_reader_free(reader);
    return NULL;
}

/* ---- The program -------------------------------------------------------------------------------
 */

/* Exit status 4: each line of standard error names an object that was removed meanwhile, which git
 * does only to what nobody reaches. */
static bool was_pruned(job *self, const facts *known, const char *errors)
{
    FILE *file = fopen(errors, "r");
    bool pruned = false;
    char line[2000];

    while (file && fgets(line, sizeof line, file)) {
        char *end = strstr(line, ": was removed while");
        packread_id id;

        pruned = end && end - line > 40 && packread_id_parse(end - 40, 40, &id) == 0 &&
                 !facts_find(known, &id);
        if (!pruned)
            break;
        self->changed++;
    }
    if (file)
        fclose(file);
    return pruned;
}

/* Runs the program; its lines as facts. */
static bool run_program(job *self, const char *command, const char *errors, const facts *known,
                        facts *told)
{
    FILE *from = popen(command, "r");
    char line[300];
    int status;

    if (!from)
        return false;
    while (fgets(line, sizeof line, from)) {
        fact what;

        if (fact_parse(line, &what))
            facts_add(told, &what);
        else if (!self->failure[0])
            snprintf(self->failure, sizeof self->failure, "%.300s: says %.200s", command, line);
    }
    status = pclose(from);
    status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    if (status != 0 && !(status == 4 && was_pruned(self, known, errors)) && !self->failure[0])
        snprintf(self->failure, sizeof self->failure, "%.500s: exit status %d", command, status);
    return !self->failure[0];
}

static void write_ids(const facts *all, const char *path)
{
    FILE *to = fopen(path, "w");

    if (!to)
        abort();
    for (size_t i = 0; i < all->count; i++) {
        char hex[PACKREAD_HEX_MAX + 1];

        packread_id_format(&all->list[i].id, hex);
        fprintf(to, "%s\n", hex);
    }
    if (fclose(to) != 0)
        abort();
}

static void check_facts(job *self, const facts *known, const facts *told)
{
    for (size_t i = 0; i < told->count; i++) {
        const fact *is = facts_find(known, &told->list[i].id);

        if (is && (is->type != told->list[i].type || is->size != told->list[i].size))
            job_note(self, "wrong: the program tells", &is->id, NULL);
    }
}

static void *run_programs(void *context)
{
    job *self = context;
    char *ids = suite_scratch_path("ids");
    char *errors = suite_scratch_path("program.err");
    char command[3000];

    while (job_goes_on(self)) {
        facts known = known_now(self->of);
        facts told = {NULL, 0, 0};

        if (self->done % 2) {
            snprintf(command, sizeof command, "'%s' list '%s' 2>'%s'", getenv("PACKREAD"),
                     self->of->repository, errors);
        } else {
            write_ids(&known, ids);
            snprintf(command, sizeof command, "'%s' batch --check '%s' <'%s' 2>'%s'",
                     getenv("PACKREAD"), self->of->repository, ids, errors);
        }
        if (run_program(self, command, errors, &known, &told)) {
            check_listing(self, &known, &told);
            check_facts(self, &known, &told);
        }
        if (self->failure[0])
            atomic_store(&self->of->ends, true);
        self->done++;
        self->objects += told.count;
        free(told.list);
        free(known.list);
    }
    free(ids);
    free(errors);
    return NULL;
}

/* ---- All at once -------------------------------------------------------------------------------
 */

static pid_t start_writer(uint64_t seed)
{
    const char *script = getenv("STRESS_WRITER");
    const char *folder = suite_scratch(); /* the child's is another */
    char number[32];
    pid_t child;

    snprintf(number, sizeof number, "%llu", (unsigned long long)(seed % 100000));
    child = fork();
    if (child == 0) {
        execlp("sh", "sh", script ? script : "tests/packread/stress_writer.sh", folder, number,
               (char *)NULL);
        _exit(127);
    }
    return child;
}

static bool is_there(const char *name)
{
    char *path = suite_scratch_path(name);
    struct stat status;
    bool there = stat(path, &status) == 0;

    free(path);
    return there;
}

static void wait_a_moment(void)
{
    struct timespec moment = {0, 20000000};

    nanosleep(&moment, NULL);
}

static void print_file(const char *name)
{
    char command[2000];

    snprintf(command, sizeof command, "[ ! -e '%s/%s' ] || tail -n 20 '%s/%s'", suite_scratch(),
             name, suite_scratch(), name);
    if (system(command) != 0)
        printf("%s cannot be printed\n", name);
}

/* When all is quiet, the old snapshot and the writer agree. */
static void check_the_end(world *of)
{
    job last = {.of = of};
    packread_reader *reader = sample_reader(of->snapshot);

    list_once(&last, reader, PACKREAD_BY_ID);
    ck_assert_msg(last.failure[0] == 0 && last.changed == 0, "at the end: %s", last.failure);
    packread_reader_free(reader);
}

static const struct {
    const char *name;
    void *(*work)(void *);
} roles[] = {{"reads", read_objects},
             {"listings", list_objects},
             {"opened", open_anew},
             {"names", resolve_names},
             {"programs", run_programs}};
#define ROLES (sizeof roles / sizeof *roles)

START_TEST(nothing_reachable_is_missing_wrong_or_told_twice)
{
    uint64_t seconds = suite_number("STRESS_SECONDS", getenv("CHECK_LARGE") ? 60 : 5);
    static world all;
    job jobs[ROLES];
    time_t end;
    pid_t writer;
    int status = -1;
    char *path = suite_scratch_path("repository");
    char command[2000];

    if (!getenv("PACKREAD"))
        return;
    snprintf(command, sizeof command, "git init -q --bare --template= '%s'", path);
    ck_assert_int_eq(system(command), 0);
    free(path);
    writer = start_writer(suite_seed());
    ck_assert_int_gt(writer, 0);
    (void)!nice(10); /* the writer is to come to its turn */
    if (!world_open(&all))
        print_file("failed");
    ck_assert_ptr_nonnull(all.snapshot);
    end = time(NULL) + (time_t)seconds;
    memset(jobs, 0, sizeof jobs);
    for (size_t i = 0; i < ROLES; i++) {
        jobs[i].of = &all;
        jobs[i].state = suite_seed() + i;
        ck_assert_int_eq(pthread_create(&jobs[i].thread, NULL, roles[i].work, &jobs[i]), 0);
    }
    while (time(NULL) < end && !atomic_load(&all.ends) && !is_there("failed"))
        wait_a_moment();
    atomic_store(&all.ends, true);
    suite_scratch_write("stop", "");
    for (size_t i = 0; i < ROLES; i++)
        ck_assert_int_eq(pthread_join(jobs[i].thread, NULL), 0);
    ck_assert_int_eq(waitpid(writer, &status, 0), writer);
    for (size_t i = 0; i < ROLES; i++) {
        printf("%s: %llu, of %llu objects or refs, %llu changed meanwhile\n", roles[i].name,
               (unsigned long long)jobs[i].done, (unsigned long long)jobs[i].objects,
               (unsigned long long)jobs[i].changed);
        if (jobs[i].failure[0])
            printf("FAILED: %s: %s\n", roles[i].name, jobs[i].failure);
    }
    snprintf(command, sizeof command, "sort '%s/steps' | uniq -c", suite_scratch());
    if (system(command) != 0)
        printf("no steps\n");
    for (size_t i = 0; i < ROLES; i++)
        if (jobs[i].failure[0])
            print_file("program.err");
    print_file("failed");
    fflush(stdout);
    ck_assert_msg(status == 0 && is_there("ended"), "the writer failed");
    for (size_t i = 0; i < ROLES; i++) {
        ck_assert_msg(jobs[i].failure[0] == 0, "%s: %s", roles[i].name, jobs[i].failure);
        ck_assert_uint_gt(jobs[i].done, 0);
    }
    check_the_end(&all);
    world_close(&all);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("stress");
    TCase *tests = tcase_create("a repository at work");

    tcase_add_test(tests, nothing_reachable_is_missing_wrong_or_told_twice);
    tcase_set_timeout(tests, 3600);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
