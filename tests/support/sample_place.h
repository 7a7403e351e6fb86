/* sample_place.h - a place opened at once: the snapshot, a reader on it, and what is true of it. */
#ifndef SAMPLE_PLACE_H
#define SAMPLE_PLACE_H

#include "samples.h"

typedef struct sample_place {
    char *path;
    packread_snapshot *snapshot;
    packread_reader *reader;
    sample_truth truth; /* empty for what is no sample */
} sample_place;

/* Each fails the test where it does not work. Closed with sample_place_close. */
sample_place sample_place_open(const sample *of, const packread_options *options);
/* The sample of this name, without options. */
sample_place sample_place_find(const char *where);
/* What lies at a path, which is freed with the place. */
sample_place sample_place_at(char *path, const packread_options *options);

void sample_place_close(sample_place *place);

#endif
