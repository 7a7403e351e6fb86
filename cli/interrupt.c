/* interrupt.c - the signal handler. It calls only what POSIX lets a handler call, then lets the
 * signal do what it does by default, so that the parent sees how we ended. */
#include "interrupt.h"

#include "message.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
#define SIGNAL_COUNT (sizeof signals / sizeof signals[0])

#define NOTES 2 /* an index and its reverse are the most at once */
static struct {
    int folder;
    char name[64]; /* empty: none */
} notes[NOTES];

static void end_by_signal(int number)
{
    for (int i = 0; i < NOTES; i++)
        if (notes[i].name[0] != '\0')
            unlinkat(notes[i].folder, notes[i].name, 0);
    message_leave_line_in_handler();
    /* SA_RESETHAND has put the default back. The signal is blocked in here and comes on return. */
    raise(number);
}

void interrupt_install(void)
{
    struct sigaction action = {.sa_handler = end_by_signal, .sa_flags = (int)SA_RESETHAND};

    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < SIGNAL_COUNT; i++)
        sigaddset(&action.sa_mask, signals[i]);
    for (size_t i = 0; i < SIGNAL_COUNT; i++) {
        struct sigaction before;

        if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL)
            sigaction(signals[i], &action, NULL);
    }
}

void interrupt_hold(sigset_t *before)
{
    sigset_t held;

    sigemptyset(&held);
    for (size_t i = 0; i < SIGNAL_COUNT; i++)
        sigaddset(&held, signals[i]);
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
