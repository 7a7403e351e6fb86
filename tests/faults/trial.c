/* trial.c - knows what must be true after any failure. */
#include "trial.h"

#include "pack/pack_open.h"
#include "store/snapshot.h"
#include "suite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t mix(uint64_t hash, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
    return hash;
}

/* What is tried now, for messages. */
static char where[200];
static bool may_keep_memory; /* what cannot be unmapped stays, and counts */

void trial_answer(struct trial *trial, const void *bytes, size_t size)
{
    ck_assert_uint_lt(trial->count, TRIAL_ANSWERS);
    trial->answers[trial->count++] = mix(UINT64_C(0xcbf29ce484222325), bytes, size);
}

void trial_answer_number(struct trial *trial, uint64_t number)
{
    trial_answer(trial, &number, sizeof number);
}

void trial_answer_path(struct trial *trial, const char *path)
{
    char *real = realpath(path, NULL);

    trial_answer(trial, real ? real : path, strlen(real ? real : path));
    free(real);
}

static void note_errno(struct trial *trial, int system_errno)
{
    if (!trial->has_failed)
        trial->system_errno = system_errno;
    trial->has_failed = true;
}

int trial_fail_window(struct trial *trial, int code, const smmap_error *error)
{
    bool of_system = code == SMMAP_ERROR_SYSTEM;

    ck_assert_int_eq(error->code, code);
    ck_assert_msg(of_system || code == SMMAP_ERROR_MEMORY || code == SMMAP_ERROR_TRUNCATED,
                  "%s: %s", where, smmap_error_text(code));
    ck_assert(!of_system || (error->system_errno != 0 && error->file[0] != '\0'));
    trial->changed = code == SMMAP_ERROR_TRUNCATED;
    note_errno(trial, of_system ? error->system_errno : 0);
    return code;
}

static bool is_of_system(int code)
{
    return code == PACKREAD_ERROR_SYSTEM || code == PACKREAD_ERROR_MEMORY ||
           code == PACKREAD_ERROR_CHANGED || code == PACKREAD_ERROR_TEMPORARY;
}

static void check_detail(struct trial *trial, int code, const packread_error *error)
{
    bool of_system = code == PACKREAD_ERROR_SYSTEM || code == PACKREAD_ERROR_TEMPORARY;

    ck_assert_int_eq(error->code, code);
    ck_assert(error->text[0] != '\0');
    if (of_system)
        ck_assert_msg(error->system_errno != 0 && error->file[0] != '\0', "%s: %s", where,
                      error->text);
    if (code == PACKREAD_ERROR_CHANGED)
        trial->changed = true;
    note_errno(trial, of_system ? error->system_errno : 0);
}

int trial_fail(struct trial *trial, int code, const packread_error *error)
{
    ck_assert_msg(is_of_system(code), "%s: %s: %s", where, error->file, error->text);
    check_detail(trial, code, error);
    return code;
}

int trial_fail_plain(struct trial *trial, int code)
{
    ck_assert_int_eq(code, SMMAP_ERROR_MEMORY); /* the same number in both libraries */
    note_errno(trial, 0);
    return code;
}

void trial_tell(struct trial *trial, int code, const packread_error *error)
{
    if (is_of_system(code)) {
        check_detail(trial, code, error);
        trial->told++;
    } else {
        uint64_t hash = mix((uint64_t)code, error->text, strlen(error->text));

        trial_answer(trial, &hash, sizeof hash);
    }
}

static bool has_answer(const struct trial *expected, uint64_t answer)
{
    for (size_t i = 0; i < expected->count; i++)
        if (expected->answers[i] == answer)
            return true;
    return false;
}

/* Nothing wrong, nothing left out in silence. */
static const char *judge(const struct trial *trial, int status, const struct trial *expected)
{
    for (size_t i = 0; i < trial->count; i++)
        if (!has_answer(expected, trial->answers[i]))
            return "a wrong answer";
    if (status == 0 && trial->count + trial->told < expected->count)
        return "answers are left out in silence";
    if (status == 0 && trial->told == 0 &&
        (trial->count != expected->count ||
         memcmp(trial->answers, expected->answers, trial->count * sizeof *trial->answers) != 0))
        return "other answers";
    return NULL;
}

static enum fault_clock clock_now;
/* What was changed just now is read again for each question: many calls, and most of them alike. */
#define NOW_STEP 5

static void *begin(const struct operation *operation)
{
    fault_clock_set(clock_now);
    return operation->begin ? operation->begin() : NULL;
}

static void end(const struct operation *operation, void *stage)
{
    if (operation->end)
        operation->end(stage);
}

static struct trial found; /* too large for a stack that many tests share */
static struct trial again;
static struct trial expected;

static int run(const struct operation *operation, void *stage, struct trial *trial)
{
    trial->count = trial->told = 0;
    trial->has_failed = trial->changed = false;
    trial->system_errno = 0;
    return operation->run(stage, trial);
}

/* One call of one run fails. False when none did: the operation makes fewer calls. */
static bool try_one(const struct operation *operation, const struct fault_way *way,
                    enum fault_mode mode, uint64_t nth)
{
    static const char *const modes[] = {"once", "from then on", "and everything after it"};
    struct fault_held before = fault_held();
    struct fault_held after;
    void *stage = begin(operation);
    const char *wrong;
    bool has_failed;
    int status;

    snprintf(where, sizeof where, "%s%s: %s, call %llu, %s", operation->name,
             clock_now == FAULT_NOW ? ", just changed" : "",
             mode == FAULT_ALL ? "any call" : way->name, (unsigned long long)nth, modes[mode]);
    may_keep_memory = way->call == FAULT_MUNMAP && mode == FAULT_ON;
    fault_arm(way->call, way->system_errno, mode, nth);
    status = run(operation, stage, &found);
    has_failed = fault_failures() > 0;
    fault_disarm();
    wrong = judge(&found, status, &expected);
    if (!wrong && !has_failed && status != 0)
        wrong = "fails by itself";
    if (!wrong && mode != FAULT_ALL && way->system_errno > 0 && found.system_errno != 0 &&
        found.system_errno != way->system_errno)
        wrong = "another errno";
    if (!wrong && found.changed && way->system_errno != FAULT_NOTHING)
        wrong = "says that a file changed";
    /* EINTR, and half of what was asked for, are no failures. */
    if (!wrong && (way->system_errno == FAULT_SHORT || way->system_errno == EINTR) &&
        (status != 0 || found.told != 0))
        wrong = "cannot go on";
    if (!wrong && run(operation, stage, &again) != 0)
        wrong = "the next call fails";
    if (!wrong && (again.told != 0 || judge(&again, 0, &expected)))
        wrong = "the next call answers otherwise";
    end(operation, stage);
    after = fault_held();
    if (!wrong)
        wrong = fault_held_differs(&before, &after);
    /* What cannot be unmapped is lost where its manager goes. */
    if (wrong && strcmp(wrong, "mapped bytes") == 0 && way->call == FAULT_MUNMAP &&
        mode == FAULT_ON)
        wrong = NULL;
    if (wrong)
        ck_abort_msg("%s: %s (status %d, errno %d)", where, wrong, status, found.system_errno);
    return has_failed;
}

/* How many calls of each kind an operation makes without faults; of FAULT_CALLS: of any kind. */
static uint64_t calls[FAULT_CALLS + 1];

/* A run without faults. Returns how many calls of all kinds it makes. */
static uint64_t expect(const struct operation *operation)
{
    struct fault_held before = fault_held();
    struct fault_held after;
    void *stage = begin(operation);

    fault_arm(FAULT_CALLS, 0, FAULT_ALL, UINT64_MAX);
    ck_assert_int_eq(run(operation, stage, &expected), 0);
    fault_disarm();
    for (int call = 0; call <= FAULT_CALLS; call++)
        calls[call] = fault_calls((enum fault_call)call);
    ck_assert_uint_eq(expected.told, 0);
    end(operation, stage);
    after = fault_held();
    if (fault_held_differs(&before, &after))
        ck_abort_msg("%s keeps %s", operation->name, fault_held_differs(&before, &after));
    return calls[FAULT_CALLS];
}

/* Every step-th call of that kind fails. A run in which none does is one without faults, and is
 * left out: but where threads make calls, nobody knows before how many there will be. Returns how
 * many runs it took. */
static uint64_t try_way(const struct operation *operation, const struct fault_way *way,
                        enum fault_mode mode, uint64_t step)
{
    const uint64_t last =
        calls[FAULT_THREAD] > 0 && calls[way->call] > 0 ? UINT64_MAX : calls[way->call];
    uint64_t runs = 0;

    for (uint64_t nth = 1; nth <= last && try_one(operation, way, mode, nth); nth += step)
        runs++;
    return runs;
}

/* Returns how many runs it took. */
static uint64_t try_all(const struct operation *operation, uint64_t step)
{
    static const struct fault_way any = {FAULT_CALLS, 0, "any"};
    uint64_t runs = 0;

    for (const struct fault_way *way = fault_ways; way->name; way++) {
        for (enum fault_mode mode = FAULT_ONCE; mode <= FAULT_ON; mode++) {
            if (mode == FAULT_ON && way->system_errno == EINTR) /* is tried for ever */
                continue;
            runs += try_way(operation, way, mode, step);
        }
    }
    return runs + try_way(operation, &any, FAULT_ALL, step);
}

void trial_run(const struct operation *operation, uint64_t step)
{
    uint64_t total = fault_total();
    uint64_t runs;
    uint64_t made;
    int64_t open_files = fault_open_files();

    clock_now = FAULT_LATER;
    made = expect(operation);
    runs = try_all(operation, step);
    clock_now = FAULT_NOW;
    if (expect(operation) != made)
        runs += try_all(operation, getenv("CHECK_LARGE") ? step : NOW_STEP * step);
    ck_assert_int_eq(fault_open_files(), open_files);
    printf("%s: %llu runs, %llu faults\n", operation->name, (unsigned long long)runs,
           (unsigned long long)(fault_total() - total));
    fflush(stdout);
}

/* What is paid for and stands as long as the snapshot. */
static void free_tables(packread_snapshot *snapshot)
{
    pkr_pack_set *const sets[] = {atomic_load(&snapshot->packs.now), snapshot->packs.older};

    for (size_t i = 0; i < 2; i++) {
        for (pkr_pack_set *set = sets[i]; set; set = set->older) {
            pkr_midx_list_free(set->midx);
            set->midx = NULL;
        }
    }
    pkr_id_guides_end(&snapshot->guides);
    memset(&snapshot->guides, 0, sizeof snapshot->guides);
}

void trial_free_snapshot(packread_snapshot *snapshot)
{
    pkr_attached *names = atomic_exchange(&snapshot->names, NULL);
    uint64_t kept;

    if (names)
        names->end(names);
    free_tables(snapshot);
    for (size_t i = 0; i < pkr_packs_count(&snapshot->packs); i++)
        pkr_pack_close(pkr_packs_get(&snapshot->packs, i), &snapshot->budget);
    atomic_store(&snapshot->packs.all.count, 0);
    kept = pkr_budget_used(&snapshot->budget);
    ck_assert_msg(kept == 0 || may_keep_memory, "%s: %llu bytes of the memory limit are kept",
                  where, (unsigned long long)kept);
    packread_snapshot_free(snapshot);
}
