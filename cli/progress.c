/* progress.c - when progress is shown: asked for, at once; else on a terminal, after a second. */
#include "progress.h"

#include "interrupt.h"
#include "message.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define NANOSECONDS UINT64_C(1000000000)
#define FIRST_AFTER NANOSECONDS /* by itself: nothing before a second has passed */
#define NEXT_AFTER (NANOSECONDS / 5)

static struct {
    const char *what;
    uint64_t total;
    uint64_t done;
    uint64_t next_look; /* how far `done` must come before the clock is looked at again */
    uint64_t due;       /* when the line is drawn next */
    bool is_busy;       /* between begin and end */
    bool is_on;         /* and shown */
    bool is_asked_for;
} state;

static uint64_t now(void)
{
    struct timespec time = {0, 0};

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * NANOSECONDS + (uint64_t)time.tv_nsec;
}

static void draw(void)
{
    char line[120];
    unsigned percent =
        state.total > 0 ? (unsigned)((double)state.done * 100.0 / (double)state.total) : 100;

    if (state.total == 0 && state.done > 0)
        snprintf(line, sizeof line, "%s: %" PRIu64, state.what, state.done);
    else
        snprintf(line, sizeof line, "%s: %u%% (%" PRIu64 "/%" PRIu64 ")", state.what, percent,
                 state.done, state.total);
    interrupt_install();
    message_show_line(line);
}

void progress_begin(const struct common_options *common, const char *what, uint64_t total,
                    bool writes_output)
{
    bool is_asked_for = common->progress == PROGRESS_ALWAYS;

    state.is_busy = true;
    state.is_on = is_asked_for || (common->progress == PROGRESS_AUTO && isatty(STDERR_FILENO) &&
                                   !(writes_output && isatty(STDOUT_FILENO)));
    if (!state.is_on)
        return;
    state.is_asked_for = is_asked_for;
    state.what = what;
    state.total = total;
    state.done = 0;
    state.next_look = 0;
    state.due = is_asked_for ? 0 : now() + FIRST_AFTER;
}

void progress_update(uint64_t done)
{
    uint64_t time;

    if (!state.is_on)
        return;
    state.done = done;
    if (done < state.next_look)
        return;
    state.next_look = done + state.total / 1024 + 1;
    time = now();
    if (time < state.due)
        return;
    state.due = time + NEXT_AFTER;
    draw();
}

bool progress_is_busy(void)
{
    return state.is_busy;
}

bool progress_is_wanted(void)
{
    return state.is_on;
}

void progress_add(uint64_t total)
{
    state.total += total;
}

void progress_end(void)
{
    state.is_busy = false;
    if (!state.is_on)
        return;
    if (state.is_asked_for) {
        draw();
        message_keep_line();
    } else {
        message_wipe_line();
    }
    state.is_on = false;
}
