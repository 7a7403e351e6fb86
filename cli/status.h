/* status.h - the exit states, and which state an error of the library leads to. */
#ifndef STATUS_H
#define STATUS_H

enum status {
    STATUS_OK = 0,
    STATUS_DAMAGED = 1, /* something is corrupt or was refused */
    STATUS_USAGE = 2,   /* wrong usage */
    STATUS_ABSENT = 3,  /* an object asked for is not there, or its prefix is ambiguous */
    STATUS_SYSTEM = 4   /* I/O, memory, budget, permissions */
};

/* The state for an enum packread_error_code. */
enum status status_of_error(int code);
/* Which of two a command that met both ends with: system, then damaged, then usage, then absent. */
enum status status_worse(enum status left, enum status right);

#endif
