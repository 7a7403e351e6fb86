/* side_file.h - a file that stands beside a pack and has four bytes for each of its objects. */
#ifndef PKR_SIDE_FILE_H
#define PKR_SIDE_FILE_H

#include "format/side_table.h"
#include "verify/findings.h"

typedef int pkr_side_parser(const unsigned char *head, size_t length, uint64_t file_size,
                            pkr_side_table *table, const char **text);

/* While it is checked. */
typedef struct pkr_side_file {
    pkr_findings *findings;
    packread_reader *reader;
    char *path;
    pkr_source source;
    pkr_view view;
    pkr_side_table table;
} pkr_side_file;

/* What its rows have to be. Errors: those of windows, MEMORY. */
typedef int pkr_side_check(pkr_side_file *file, pkr_fault *fault);

/* Reports what is wrong with the pack's file of that kind, one bit of enum pkr_beside, if there is
 * one: head, length, sums, and what `check` (may be NULL) reports. Errors: SYSTEM where it cannot
 * be read; those of windows, MEMORY. */
int pkr_side_file_check(pkr_findings *findings, packread_reader *reader, unsigned kind,
                        pkr_side_parser *parse, pkr_side_check *check, pkr_fault *fault);
/* CORRUPT in the file, at an offset of it. */
void pkr_side_file_report(const pkr_side_file *file, uint64_t at, const char *text);

#endif
