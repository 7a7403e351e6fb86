/* ref_tables.h - refs in a stack of tables (reftable), the newest of which counts.
 *
 * Tables never change. git writes a new one, then a new list of them, and takes away tables that
 * are not in that: who finds one of the list gone reads the list again. */
#ifndef PKR_REF_TABLES_H
#define PKR_REF_TABLES_H

#include "format/reftable.h"
#include "names/kept_file.h"
#include "names/ref_list.h"

typedef struct pkr_ref_tables {
    char *folder; /* reftable/ */
    size_t id_size;
    pkr_kept_file list;
    bool lacks_table; /* the last look ended at one that is gone */
    uint64_t parsed;  /* list.changes when `tables` was made from it */
    pkr_table tables; /* oldest first */
    pkr_reftable_cursor cursor;
} pkr_ref_tables;

/* `folder` is the one that has a reftable/ in it. Errors: MEMORY. */
int pkr_ref_tables_begin(pkr_ref_tables *stack, pkr_budget *budget, const char *folder,
                         size_t id_size, packread_error *error);
/* Harmless for one that is all zeros. */
void pkr_ref_tables_end(pkr_ref_tables *stack);

/* From one thread at a time. Errors: NOT_FOUND, without detail; CORRUPT, VERSION, UNSUPPORTED for a
 * table that cannot be read; SYSTEM, MEMORY, BUDGET, CHANGED. */
int pkr_ref_tables_read(pkr_ref_tables *stack, const char *name, size_t length, pkr_ref *ref,
                        packread_error *error);
int pkr_ref_tables_list(pkr_ref_tables *stack, pkr_ref_list *list, packread_error *error);

#endif
