/* finding.h - what is wrong with a pack, as verify and index tell it. */
#ifndef FINDING_H
#define FINDING_H

#include "options.h"

/* To standard output: "FILE: offset N: ID: what is wrong (and N objects that depend on it)", or the
 * same as JSON. `file` stands in where the error names none. */
void finding_print(const struct common_options *common, const char *file,
                   const packread_finding *finding);
/* The same of an error that nothing hangs on. */
void finding_print_error(const struct common_options *common, const char *file,
                         const packread_error *error);
/* The same line to standard error, as a message. */
void finding_tell(const char *file, const packread_error *error, uint64_t dependents);

#endif
