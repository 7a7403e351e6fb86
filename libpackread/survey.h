/* survey.h - types, sizes and depths of all entries of one pack, by one sweep in order of offset:
 * each chain is one step long, since the base was passed before. A cache of what packread_info_fill
 * would say; what it does not know has to be asked there. */
#ifndef PACKREAD_SURVEY_H
#define PACKREAD_SURVEY_H

#include "reader.h"

typedef struct packread_survey {
    unsigned char *types;  /* by position: the object's type; PACKREAD_NONE if unknown */
    unsigned char *stored; /* the entry's type */
    uint32_t *sizes;       /* NULL if not wanted; PACKREAD_SURVEY_ASK if unknown or larger */
    uint16_t *depths;      /* NULL if not wanted; PACKREAD_SURVEY_DEEP if unknown or deeper */
    uint64_t charged;
} packread_survey;

#define PACKREAD_SURVEY_ASK UINT32_MAX
#define PACKREAD_SURVEY_DEEP UINT16_MAX

/* Of `want` only type, size and depth matter. Errors: BUDGET where the tables do not fit, MEMORY,
 * those of windows; never for an entry that is damaged. The reader has selected the pack. */
int packread_survey_make(packread_reader *reader, packread_pack *pack, unsigned want,
                         packread_survey *survey, packread_error *error);
void packread_survey_free(packread_survey *survey, packread_budget *budget);

/* Fills type, stored type, size and depth as wanted; false if one of them is unknown here. */
bool packread_survey_answer(const packread_survey *survey, uint32_t position, unsigned want,
                            packread_info *info);

#endif
