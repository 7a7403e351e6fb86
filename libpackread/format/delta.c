/* delta.c - reads and runs delta instructions. All bounds are checked by subtraction from what is
 * left, so nothing can wrap. */
#include "format/delta.h"

#include <string.h>

#include "base/stop.h"

/* Of a delta, and of what one instruction copies: a longer stretch is not begun before a look at
 * whether it is to stop. */
#define SLICE 8192
#define LONG_COPY 65536

static int corrupt(const char **text, const char *why)
{
    *text = why;
    return PACKREAD_ERROR_CORRUPT;
}

static int parse_size(const unsigned char **at, const unsigned char *end, uint64_t *size,
                      const char **text)
{
    const unsigned char *next = *at;
    uint64_t value = 0;
    unsigned shift = 0;
    unsigned char byte;

    do {
        if (next == end)
            return corrupt(text, "delta ends inside its sizes");
        byte = *next++;
        if (shift >= 64 || (shift > 57 && (byte & 0x7f) >> (64 - shift) != 0))
            return corrupt(text, "delta size does not fit in 64 bits");
        value |= (uint64_t)(byte & 0x7f) << shift;
        shift += 7;
    } while (byte & 0x80);
    *at = next;
    *size = value;
    return 0;
}

int pkr_delta_parse(const unsigned char *delta, size_t length, pkr_delta_sizes *sizes,
                    const char **text)
{
    const unsigned char *at = delta;
    pkr_delta_sizes parsed;
    int status = parse_size(&at, delta + length, &parsed.base, text);

    if (status == 0)
        status = parse_size(&at, delta + length, &parsed.result, text);
    if (status == 0) {
        parsed.header_size = (size_t)(at - delta);
        *sizes = parsed;
    }
    return status;
}

/* The operands of a copy: bits 0 to 3 of the instruction say which bytes of the offset follow, bits
 * 4 to 6 which of the size; a size of 0 is 0x10000. NULL if they run past the end. */
static inline const unsigned char *parse_copy(const unsigned char *at, const unsigned char *end,
                                              unsigned instruction, uint32_t *offset,
                                              uint32_t *size)
{
    uint32_t from = 0;
    uint32_t count = 0;

    if (end - at >= 7) { /* room for every operand: no check for each */
        if (instruction & 0x01)
            from = *at++;
        if (instruction & 0x02)
            from |= (uint32_t)*at++ << 8;
        if (instruction & 0x04)
            from |= (uint32_t)*at++ << 16;
        if (instruction & 0x08)
            from |= (uint32_t)*at++ << 24;
        if (instruction & 0x10)
            count = *at++;
        if (instruction & 0x20)
            count |= (uint32_t)*at++ << 8;
        if (instruction & 0x40)
            count |= (uint32_t)*at++ << 16;
    } else {
        for (unsigned bit = 0; bit < 7; bit++) {
            if (!(instruction & 1u << bit))
                continue;
            if (at == end)
                return NULL;
            if (bit < 4)
                from |= (uint32_t)*at++ << 8 * bit;
            else
                count |= (uint32_t)*at++ << 8 * (bit - 4);
        }
    }
    *offset = from;
    *size = count ? count : 0x10000;
    return at;
}

/* The end of what is run before the next look, or NULL if it is to stop. */
static inline const unsigned char *end_of_slice(const unsigned char *at, const unsigned char *end,
                                                const packread_stop *stop)
{
    if (pkr_stop_is_asked(stop))
        return NULL;
    return end - at > SLICE ? at + SLICE : end;
}

static int stopped(const char **text)
{
    *text = "stopped";
    return PACKREAD_ERROR_STOPPED;
}

int pkr_delta_next(const unsigned char **at, const unsigned char *end, pkr_delta_step *step,
                   const char **text)
{
    const unsigned char *next = *at;
    unsigned instruction = *next++;

    *step = (pkr_delta_step){.size = instruction};
    if (instruction & 0x80) {
        next = parse_copy(next, end, instruction, &step->offset, &step->size);
        if (!next)
            return corrupt(text, "delta ends inside a copy");
    } else if (instruction == 0) {
        return corrupt(text, "delta has the reserved instruction 0");
    } else if ((size_t)(end - next) < instruction) {
        return corrupt(text, "delta ends inside an insert");
    } else {
        step->insert = next;
        next += instruction;
    }
    *at = next;
    return 0;
}

int pkr_delta_measure(const unsigned char *delta, size_t length, const pkr_delta_sizes *sizes,
                      const packread_stop *stop, const char **text)
{
    const unsigned char *at = delta + sizes->header_size;
    const unsigned char *end = delta + length;
    const unsigned char *slice = at;
    uint64_t left = sizes->result;

    while (at < end) {
        pkr_delta_step step;

        if (at >= slice) {
            slice = end_of_slice(at, end, stop);
            if (!slice)
                return stopped(text);
        }
        if (pkr_delta_next(&at, end, &step, text) != 0)
            return PACKREAD_ERROR_CORRUPT;
        if (!pkr_delta_step_fits(&step, sizes->base))
            return corrupt(text, PKR_DELTA_OUTSIDE);
        if (step.size > left)
            return corrupt(text, "delta gives more than its result size");
        left -= step.size;
    }
    return left == 0 ? 0 : corrupt(text, "delta gives less than its result size");
}

int pkr_delta_apply(const unsigned char *delta, size_t length, const pkr_delta_sizes *sizes,
                    const unsigned char *base, unsigned char *result, const packread_stop *stop,
                    const char **text)
{
    const unsigned char *at = delta + sizes->header_size;
    const unsigned char *end = delta + length;
    const unsigned char *slice = at;
    uint64_t left = sizes->result;

    while (at < end) {
        unsigned instruction;

        if (at >= slice) {
            slice = end_of_slice(at, end, stop);
            if (!slice)
                return stopped(text);
        }
        instruction = *at++;
        if (instruction & 0x80) {
            uint32_t offset;
            uint32_t size;

            at = parse_copy(at, end, instruction, &offset, &size);
            if (!at)
                return corrupt(text, "delta ends inside a copy");
            if (offset > sizes->base || size > sizes->base - offset)
                return corrupt(text, PKR_DELTA_OUTSIDE);
            if (size > left)
                return corrupt(text, "delta gives more than its result size");
            memcpy(result, base + offset, size);
            result += size;
            left -= size;
            if (size > LONG_COPY)
                slice = at;
        } else if (instruction) {
            if ((size_t)(end - at) < instruction)
                return corrupt(text, "delta ends inside an insert");
            if (instruction > left)
                return corrupt(text, "delta gives more than its result size");
            memcpy(result, at, instruction);
            at += instruction;
            result += instruction;
            left -= instruction;
        } else {
            return corrupt(text, "delta has the reserved instruction 0");
        }
    }
    return left == 0 ? 0 : corrupt(text, "delta gives less than its result size");
}
