/* sample_place.c - knows in what order a place is opened and closed. */
#include "sample_place.h"

#include <stdlib.h>
#include <string.h>

sample_place sample_place_at(char *path, const packread_options *options)
{
    sample_place place;

    memset(&place, 0, sizeof place);
    place.path = path;
    place.snapshot = sample_open(path, options);
    place.reader = sample_reader(place.snapshot);
    return place;
}

sample_place sample_place_open(const sample *of, const packread_options *options)
{
    sample_place place = sample_place_at(sample_path(of, NULL), options);

    sample_truth_load(of, &place.truth);
    return place;
}

sample_place sample_place_find(const char *where)
{
    return sample_place_open(sample_find(where), NULL);
}

void sample_place_close(sample_place *place)
{
    packread_reader_free(place->reader);
    packread_snapshot_free(place->snapshot);
    sample_truth_free(&place->truth);
    free(place->path);
    memset(place, 0, sizeof *place);
}
