/* interrupt.c - the signal handler. It calls only what POSIX lets a handler call, then lets the
 * signal do what it does by default, so that the parent sees how we ended. */
#include "interrupt.h"

#include "message.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
#define SIGNAL_COUNT (sizeof signals / sizeof signals[0])

static int temporary_folder;
static char temporary_name[64]; /* empty: none */

static void end_by_signal(int number)
{
    if (temporary_name[0] != '\0')
        unlinkat(temporary_folder, temporary_name, 0);
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

void interrupt_set_temporary(int folder, const char *name)
{
    temporary_folder = folder;
    snprintf(temporary_name, sizeof temporary_name, "%s", name != NULL ? name : "");
}
