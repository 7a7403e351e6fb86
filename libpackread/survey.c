/* survey.c - sweeps a pack's entry headers in order of offset. */
#include "survey.h"

#include <stdlib.h>
#include <string.h>

#include "chain.h"
#include "error.h"
#include "info.h"
#include "revindex.h"

static void release(packread_survey *survey)
{
    free(survey->types);
    free(survey->stored);
    free(survey->sizes);
    free(survey->depths);
}

void packread_survey_free(packread_survey *survey, packread_budget *budget)
{
    release(survey);
    packread_budget_give(budget, survey->charged);
    memset(survey, 0, sizeof *survey);
}

static int allocate(packread_survey *survey, packread_budget *budget, uint32_t count, unsigned want,
                    packread_error *error)
{
    size_t rows = count ? count : 1;
    size_t row = 2 + (want & PACKREAD_WANT_SIZE ? sizeof *survey->sizes : 0) +
                 (want & PACKREAD_WANT_DEPTH ? sizeof *survey->depths : 0);
    bool given;

    memset(survey, 0, sizeof *survey);
    if (rows > SIZE_MAX / row || !packread_budget_take(budget, (uint64_t)rows * row))
        return packread_error_set(error, PACKREAD_ERROR_BUDGET, NULL, "no room for a survey");
    survey->charged = (uint64_t)rows * row;
    survey->types = calloc(rows, 1);
    survey->stored = calloc(rows, 1);
    given = survey->types && survey->stored;
    if (want & PACKREAD_WANT_SIZE) {
        survey->sizes = malloc(rows * sizeof *survey->sizes);
        given = given && survey->sizes;
    }
    if (want & PACKREAD_WANT_DEPTH) {
        survey->depths = malloc(rows * sizeof *survey->depths);
        given = given && survey->depths;
    }
    if (!given) {
        packread_survey_free(survey, budget);
        return packread_error_memory(error);
    }
    if (survey->sizes)
        memset(survey->sizes, 0xff, rows * sizeof *survey->sizes);
    if (survey->depths)
        memset(survey->depths, 0xff, rows * sizeof *survey->depths);
    return 0;
}

/* The base's row where the base has been swept already; else the entry stays unknown. */
static bool find_base(packread_reader *reader, const packread_pack *pack,
                      const packread_revindex *revindex, uint64_t offset,
                      const packread_entry *entry, uint32_t *position)
{
    uint64_t base;
    uint32_t rank;

    if (packread_chain_base(reader, pack, offset, entry, &base, position, NULL) != 0)
        return false;
    if (entry->type == PACKREAD_OFS_DELTA) {
        rank = packread_revindex_find(revindex, base);
        if (rank == PACKREAD_NO_RANK)
            return false;
        *position = packread_revindex_position(revindex, rank);
    }
    return true;
}

static void sweep_entry(packread_survey *survey, packread_reader *reader, const packread_pack *pack,
                        const packread_revindex *revindex, uint32_t rank)
{
    uint64_t offset = packread_revindex_offset(revindex, rank);
    uint32_t position = packread_revindex_position(revindex, rank);
    uint32_t base = 0;
    uint64_t size;
    packread_entry entry;

    if (packread_chain_entry(reader, pack, offset, &entry, NULL) != 0)
        return;
    survey->stored[position] = (unsigned char)entry.type;
    if (entry.type <= PACKREAD_TAG) {
        survey->types[position] = (unsigned char)entry.type;
        if (survey->depths)
            survey->depths[position] = 0;
    } else if (find_base(reader, pack, revindex, offset, &entry, &base)) {
        survey->types[position] = survey->types[base];
        if (survey->depths && survey->depths[base] < PACKREAD_SURVEY_DEEP - 1)
            survey->depths[position] = (uint16_t)(survey->depths[base] + 1);
    }
    if (survey->sizes && packread_info_size(reader, pack, offset, &entry, &size, NULL) == 0 &&
        size < PACKREAD_SURVEY_ASK)
        survey->sizes[position] = (uint32_t)size;
}

int packread_survey_make(packread_reader *reader, packread_pack *pack, unsigned want,
                         packread_survey *survey, packread_error *error)
{
    packread_budget *budget = &reader->snapshot->budget;
    const packread_revindex *revindex;
    int status = packread_revindex_get(reader, pack, &revindex, error);

    if (status != 0)
        return status;
    status = allocate(survey, budget, pack->idx.count, want, error);
    for (uint32_t rank = 0; status == 0 && rank < revindex->count; rank++) {
        sweep_entry(survey, reader, pack, revindex, rank);
        if (packread_reader_fault(reader, NULL) != 0) {
            /* Zeros in the place of the file's bytes say nothing of this entry, and what was swept
             * before is right. */
            survey->types[packread_revindex_position(revindex, rank)] = PACKREAD_NONE;
            break;
        }
    }
    packread_revindex_done(pack);
    return status;
}

bool packread_survey_answer(const packread_survey *survey, uint32_t position, unsigned want,
                            packread_info *info)
{
    if (!survey->types || survey->types[position] == PACKREAD_NONE)
        return false;
    info->type = (enum packread_type)survey->types[position];
    info->stored_type = (enum packread_type)survey->stored[position];
    if (want & PACKREAD_WANT_SIZE) {
        if (survey->sizes[position] == PACKREAD_SURVEY_ASK)
            return false;
        info->size = survey->sizes[position];
    }
    if (want & PACKREAD_WANT_DEPTH) {
        if (survey->depths[position] == PACKREAD_SURVEY_DEEP)
            return false;
        info->depth = survey->depths[position];
    }
    return true;
}
