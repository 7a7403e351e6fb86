/* main.c - packread: finds the command, and sees to it that the process begins and ends well. */
#include "command.h"
#include "message.h"
#include "metrics.h"
#include "nearest.h"
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static const struct command *const commands[] = {
    &command_list,   &command_info,  &command_cat,   &command_extract,
    &command_verify, &command_batch, &command_index,
};
#define COMMAND_COUNT (sizeof commands / sizeof commands[0])

/* Of the contract, not of this version. */
static const char *const later[] = {"merge", "stats", "report"};
#define LATER_COUNT (sizeof later / sizeof later[0])

static void print_help(void)
{
    output_text(
        "packread reads objects out of git repositories, packs and bundles, and verifies them.\n"
        "\n"
        "  packread COMMAND [OPTIONS] WHERE [OBJECT...]\n"
        "\n"
        "WHERE is a repository or any folder in its work tree, a .git folder or file, an\n"
        "objects folder, a folder of packs, a .pack, an .idx or a bundle; a file of\n"
        "another name that begins as a pack does is a pack without an index.\n"
        "OBJECT is an id or a unique prefix of one, 4 digits at least, or in a repository or\n"
        "bundle a name, as HEAD, v1.0^{tree} or main:README.md.\n"
        "\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        char line[100];

        snprintf(line, sizeof line, "  %-8s %s\n", commands[i]->name, commands[i]->summary);
        output_text(line);
    }
    output_text("\n"
                "packread COMMAND --help tells more; so does the manual page packread(1), also\n"
                "what each exit status means.\n"
                "\n"
                "  packread list ~/src/linux\n"
                "  packread cat -p . HEAD:README.md\n"
                "  packread verify .\n");
}

static void print_version(void)
{
    char line[64];

    snprintf(line, sizeof line, "packread %d.%d.%d\n", PACKREAD_VERSION_MAJOR,
             PACKREAD_VERSION_MINOR, PACKREAD_VERSION_PATCH);
    output_text(line);
}

/* What who knows git may try, and what does that here. */
static const char *const of_git[][2] = {
    {"cat-file", "cat, or batch for many"},
    {"verify-pack", "verify"},
    {"index-pack", "index"},
    {"fsck", "verify"},
    {"ls-tree", "cat -p"},
};

static const char *find_of_git(const char *name)
{
    for (size_t i = 0; i < sizeof of_git / sizeof of_git[0]; i++)
        if (strcmp(of_git[i][0], name) == 0)
            return of_git[i][1];
    return NULL;
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

static enum status refuse_command(const char *name)
{
    struct nearest meant = {.word = name, .length = strlen(name)};

    for (size_t i = 0; i < LATER_COUNT; i++)
        if (strcmp(later[i], name) == 0)
            return message_usage(NULL, "%s is not available in this version", name);
    if (strcmp(name, "version") == 0)
        return message_usage(NULL, "unknown command '%s': did you mean --%s?", name, name);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        nearest_try(&meant, commands[i]->name);
    if (find_of_git(name) != NULL)
        meant.found = find_of_git(name);
    if (meant.found != NULL)
        return message_usage(NULL, "unknown command '%s': did you mean %s?", name, meant.found);
    return message_usage(NULL, "unknown command '%s'", name);
}

/* packread help COMMAND is packread COMMAND --help. */
static enum status help(char **arguments, size_t count)
{
    static char option[] = "--help";
    char *only[] = {option};
    const struct command *command;

    if (count == 0) {
        print_help();
        return STATUS_OK;
    }
    command = find_command(arguments[0]);
    if (command == NULL)
        return refuse_command(arguments[0]);
    return command->run(command, only, 1);
}

static enum status run(char **arguments, size_t count)
{
    const struct command *command;

    if (count == 0)
        return message_usage(NULL, "a command is needed");
    if (strcmp(arguments[0], "--help") == 0 || strcmp(arguments[0], "-h") == 0 ||
        strcmp(arguments[0], "help") == 0)
        return help(arguments + 1, count - 1);
    if (strcmp(arguments[0], "--version") == 0) {
        print_version();
        return STATUS_OK;
    }
    if (arguments[0][0] == '-')
        return message_usage(NULL, "unknown option '%s': options follow the command", arguments[0]);
    command = find_command(arguments[0]);
    if (command == NULL)
        return refuse_command(arguments[0]);
    return command->run(command, arguments + 1, count - 1);
}

/* A standard descriptor that came closed is filled with one that fails when it is used, so that no
 * file of ours lands on it. */
static bool fill_standard_descriptors(void)
{
    for (int number = 0; number <= 2; number++) {
        if (fcntl(number, F_GETFD) < 0 && errno == EBADF &&
            open("/dev/null", number == 0 ? O_WRONLY : O_RDONLY) != number)
            return false;
    }
    return true;
}

/* `| head` must end us whatever the parent left SIGPIPE at. A file size limit must not: the write
 * fails, is told, and the temporary file goes. */
static void set_output_signals(void)
{
    sigset_t broken_pipe;

    signal(SIGXFSZ, SIG_IGN);
    signal(SIGPIPE, SIG_DFL);
    sigemptyset(&broken_pipe);
    sigaddset(&broken_pipe, SIGPIPE);
    sigprocmask(SIG_UNBLOCK, &broken_pipe, NULL);
}

/* Packs that are kept open can be read to their end whatever becomes of them meanwhile, and there
 * may be thousands. */
static void raise_descriptor_limit(void)
{
    const rlim_t wanted = 4096;
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
        return;
    limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
    setrlimit(RLIMIT_NOFILE, &limit); /* refused, it stays as it was */
}

/* An allocator with a heap for each thread holds what each has freed, beside what the limit knows
 * of. A second one is enough that threads seldom wait for each other. */
static void share_heaps(void)
{
#ifdef M_ARENA_MAX
    mallopt(M_ARENA_MAX, 2);
#endif
}

int main(int argc, char **argv)
{
    enum status status;

    if (!fill_standard_descriptors())
        return STATUS_SYSTEM;
    share_heaps();
    set_output_signals();
    raise_descriptor_limit();
    status = run(argv + 1, argc > 0 ? (size_t)argc - 1 : 0);
    message_wipe_line();
    message_finish();
    output_finish();
    /* Wrong usage has no figures, and leaves those of an earlier run alone. */
    return (int)(status == STATUS_USAGE ? status : status_worse(status, metrics_write()));
}
