/* interrupt.c - the signal handler. It calls only what POSIX lets a handler call, then lets the
 * signal do what it does by default, so that the parent sees how we ended. */
#include "interrupt.h"

#include "message.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#ifdef SIGRTMAX
#define SIGNAL_LAST SIGRTMAX
#else
#define SIGNAL_LAST (NSIG - 1)
#endif

#define NOTES 2 /* an index and its reverse are the most at once */
static struct {
    int folder;
    char name[64]; /* empty: none */
} notes[NOTES];

/* Whether its default ends the process, and it can be caught. */
static bool ends_process(int number)
{
    switch (number) {
    case SIGKILL:
    case SIGSTOP:
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU:
    case SIGCHLD:
    case SIGCONT:
    case SIGURG:
#ifdef SIGWINCH
    case SIGWINCH:
#endif
#ifdef SIGINFO
    case SIGINFO:
#endif
        return false;
    default:
        return true;
    }
}

/* Numbers that the C library keeps for itself are refused by sigaddset. */
static void fill_set(sigset_t *set)
{
    sigemptyset(set);
    for (int number = 1; number <= SIGNAL_LAST; number++)
        if (ends_process(number))
            sigaddset(set, number);
}

void interrupt_remove_temporaries(void)
{
    for (int i = 0; i < NOTES; i++)
        if (notes[i].name[0] != '\0')
            unlinkat(notes[i].folder, notes[i].name, 0);
}

static void end_by_signal(int number)
{
    interrupt_remove_temporaries();
    message_leave_line_in_handler();
    /* Where another handler calls this one, SA_RESETHAND has done nothing. The signal is blocked in
     * here and comes on return. */
    signal(number, SIG_DFL);
    raise(number);
}

void interrupt_install(void)
{
    static bool is_installed;
    struct sigaction action = {.sa_handler = end_by_signal, .sa_flags = (int)SA_RESETHAND};

    if (is_installed)
        return;
    is_installed = true;
    fill_set(&action.sa_mask);
    for (int number = 1; number <= SIGNAL_LAST; number++) {
        struct sigaction before;

        if (ends_process(number) && sigaction(number, NULL, &before) == 0 &&
            before.sa_handler == SIG_DFL)
            sigaction(number, &action, NULL);
    }
}

void interrupt_hold(sigset_t *before)
{
    sigset_t held;

    fill_set(&held);
    pthread_sigmask(SIG_BLOCK, &held, before);
}

void interrupt_release(const sigset_t *before)
{
    pthread_sigmask(SIG_SETMASK, before, NULL);
}

int interrupt_note_temporary(int folder, const char *name)
{
    int note = 0;

    while (note + 1 < NOTES && notes[note].name[0] != '\0')
        note++;
    notes[note].folder = folder;
    snprintf(notes[note].name, sizeof notes[note].name, "%s", name);
    return note;
}

void interrupt_forget_temporary(int note)
{
    notes[note].name[0] = '\0';
}
