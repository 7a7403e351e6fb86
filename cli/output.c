/* output.c - the buffer before standard output, and fast writers of hex and decimal: a list of a
 * million lines spends its time in the packs, not in printf. */
#include "output.h"

#include "io.h"
#include "escape.h"
#include "interrupt.h"
#include "message.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CAPACITY 65536
#define COPY_MAX 16384 /* longer runs go out beside the buffer, not through it */

static char buffer[CAPACITY];
static size_t used;
static bool was_written;

static const char digits[] = "0123456789abcdef";

/* The reader has gone: end as a program does that never heard of EPIPE, also where the parent made
 * us ignore the signal. */
static _Noreturn void end_as_broken_pipe(void)
{
    message_wipe_line();
    signal(SIGPIPE, SIG_DFL);
    raise(SIGPIPE);
    _exit(128 + SIGPIPE);
}

static _Noreturn void end_as_unwritable(int system_errno)
{
    interrupt_remove_temporaries();
    if (system_errno == EPIPE)
        end_as_broken_pipe();
    message_system("standard output", "cannot be written", system_errno);
    exit(STATUS_SYSTEM);
}

/* Writes the buffer and then `bytes`, in one call where the system lets it. */
static void write_out(const void *bytes, size_t size)
{
    const size_t from_buffer = used;
    int failure;

    if (from_buffer + size > 0) {
        was_written = true;
        message_wipe_line();
    }
    used = 0; /* a failure ends the process: nothing may be written twice on the way out */
    failure = io_write_both(STDOUT_FILENO, buffer, from_buffer, bytes, size);
    if (failure != 0)
        end_as_unwritable(failure);
}

void output_flush(void)
{
    write_out("", 0);
}

void output_hand_on(void)
{
    output_flush();
    if (was_written && io_reader_is_gone(STDOUT_FILENO))
        end_as_unwritable(EPIPE);
}

void output_finish(void)
{
    output_flush();
    /* Some file systems say at close only that there was no room. */
    if (was_written && close(STDOUT_FILENO) != 0 && errno != EINTR)
        end_as_unwritable(errno);
}

/* Room in the buffer for `size` bytes, COPY_MAX at most. Whole lines go: messages and progress may
 * be on the same terminal, and must not fall into the middle of one. */
static void make_room(size_t size)
{
    const char *start;
    size_t kept = 0;

    if (CAPACITY - used >= size)
        return;
    while (kept < COPY_MAX && buffer[used - 1 - kept] != '\n')
        kept++;
    if (kept == COPY_MAX) /* these are no lines */
        kept = 0;
    used -= kept;
    start = buffer + used;
    output_flush();
    memmove(buffer, start, kept);
    used = kept;
}

char *output_reserve(size_t size)
{
    make_room(size);
    return buffer + used;
}

void output_advance(size_t size)
{
    used += size;
}

void output_bytes(const void *bytes, size_t size)
{
    if (size <= CAPACITY - used && size <= COPY_MAX) {
        if (size > 0)
            memcpy(buffer + used, bytes, size);
        used += size;
        return;
    }
    if (size > COPY_MAX) {
        write_out(bytes, size);
        return;
    }
    make_room(size);
    memcpy(buffer + used, bytes, size);
    used += size;
}

void output_text(const char *text)
{
    output_bytes(text, strlen(text));
}

void output_byte(char byte)
{
    *output_reserve(1) = byte;
    output_advance(1);
}

void output_number(uint64_t number)
{
    char text[20];
    size_t start = sizeof text;

    do {
        text[--start] = digits[number % 10];
        number /= 10;
    } while (number > 0);
    output_bytes(text + start, sizeof text - start);
}

void output_hex32(uint32_t number)
{
    char *text = output_reserve(8);

    for (int i = 7; i >= 0; i--) {
        text[i] = digits[number & 15];
        number >>= 4;
    }
    output_advance(8);
}

void output_id(const packread_id *id)
{
    char *text = output_reserve(PACKREAD_HEX_MAX);
    size_t size = id->size;

    for (size_t i = 0; i < size; i++) {
        text[2 * i] = digits[id->bytes[i] >> 4];
        text[2 * i + 1] = digits[id->bytes[i] & 15];
    }
    output_advance(2 * size);
}

void output_escaped(const char *text)
{
    size_t size = strlen(text);

    while (size > 0) {
        size_t written;
        size_t consumed = escape_unit(text, size, output_reserve(ESCAPE_MAX), &written);

        output_advance(written);
        text += consumed;
        size -= consumed;
    }
}
