/* bench_pair.c - runs two commands by turns and prints one row: what both took, and what the one
 * took of the other.
 *
 *   bench_pair [-n RUNS] [-i INPUT] [-m] WHAT PEER OURS... [-- THEIRS...]
 *
 * By turns, because a machine that is shared slows down and speeds up: only what ran side by side
 * can be compared. One run of each before the first that counts. After 60 seconds three runs are
 * enough. -m prints the peak of memory instead of time. Standard output of both goes to
 * /dev/null. */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RUNS_MOST 1000
#define RUNS_LEAST 3
#define ENOUGH 60.0 /* seconds */

enum figure {
    WALL, /* seconds */
    CPU,  /* seconds, user and system, with those of children */
    PEAK, /* KiB resident */
    FIGURES
};

static double ours[FIGURES][RUNS_MOST];
static double theirs[FIGURES][RUNS_MOST];

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double seconds(const struct timeval *time)
{
    return (double)time->tv_sec + (double)time->tv_usec / 1e6;
}

/* In the child. */
static _Noreturn void become(char **command, const char *input)
{
    int in = open(input, O_RDONLY);
    int out = open("/dev/null", O_WRONLY);

    if (in >= 0 && out >= 0 && dup2(in, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0)
        execvp(command[0], command);
    perror(command[0]);
    _exit(127);
}

static void run(char **command, const char *input, double figures[FIGURES][RUNS_MOST],
                size_t number)
{
    struct rusage usage;
    double start = now();
    pid_t child = fork();
    int status;

    if (child == 0)
        become(command, input);
    if (child < 0 || wait4(child, &status, 0, &usage) != child) {
        perror("bench_pair");
        exit(1);
    }
    figures[WALL][number] = now() - start;
    figures[CPU][number] = seconds(&usage.ru_utime) + seconds(&usage.ru_stime);
    figures[PEAK][number] = (double)usage.ru_maxrss;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "bench_pair: %s failed\n", command[0]);
        exit(1);
    }
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;

    return (a > b) - (a < b);
}

static double median(const double *values, size_t count)
{
    static double sorted[RUNS_MOST];

    memcpy(sorted, values, count * sizeof *values);
    qsort(sorted, count, sizeof *sorted, compare);
    return count % 2 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2;
}

/* The median of the ratios of each turn: what disturbed a turn disturbed both. */
static double median_ratio(enum figure figure, size_t count)
{
    static double ratios[RUNS_MOST];

    for (size_t i = 0; i < count; i++)
        ratios[i] = ours[figure][i] / theirs[figure][i];
    return median(ratios, count);
}

static void print(enum figure figure, double value)
{
    if (figure == PEAK)
        printf(" %6.1f MiB", value / 1024);
    else if (value < 1)
        printf(" %7.2f ms", value * 1e3);
    else
        printf(" %8.2f s", value);
}

int main(int argc, char **argv)
{
    enum figure figure = WALL;
    const char *input = "/dev/null";
    char **our_command;
    char **their_command = NULL;
    size_t runs = 5;
    size_t count = 0;
    double start;
    int option;

    while ((option = getopt(argc, argv, "+n:i:m")) != -1) {
        if (option == 'n')
            runs = strtoul(optarg, NULL, 10);
        else if (option == 'i')
            input = optarg;
        else if (option == 'm')
            figure = PEAK;
        else
            return 2;
    }
    if (argc - optind < 3 || runs < 1 || runs > RUNS_MOST) {
        fprintf(stderr, "usage: bench_pair [-n RUNS] [-i INPUT] [-m] WHAT PEER OURS... "
                        "[-- THEIRS...]\n");
        return 2;
    }
    our_command = argv + optind + 2;
    for (char **word = our_command; *word && !their_command; word++) {
        if (strcmp(*word, "--") == 0) {
            *word = NULL;
            their_command = word + 1;
        }
    }

    run(our_command, input, ours, 0);
    if (their_command)
        run(their_command, input, theirs, 0);
    start = now();
    while (count < runs && (count < RUNS_LEAST || now() - start < ENOUGH)) {
        run(our_command, input, ours, count);
        if (their_command)
            run(their_command, input, theirs, count);
        count++;
    }

    printf("%-40s %-8s", argv[optind], argv[optind + 1]);
    print(figure, median(ours[figure], count));
    if (their_command) {
        print(figure, median(theirs[figure], count));
        printf(" %6.2f", median_ratio(figure, count));
        if (figure == WALL)
            printf(" %6.2f", median_ratio(CPU, count));
        else
            printf("      -");
    } else {
        printf("          -      -      -");
    }
    printf(" %4zu\n", count);
    return 0;
}
