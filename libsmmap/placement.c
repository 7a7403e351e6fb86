/* placement.c - knows the grid that windows stand on and how neighbours cut them. */
#include "placement.h"

static uint64_t plus(uint64_t a, uint64_t b)
{
    return b > UINT64_MAX - a ? UINT64_MAX : a + b;
}

static uint64_t down_to(uint64_t number, uint64_t step)
{
    return number - number % step;
}

static uint64_t up_to(uint64_t number, uint64_t step)
{
    return number % step ? plus(down_to(number, step), step) : number;
}

static uint64_t at_most(uint64_t number, uint64_t limit)
{
    return number < limit ? number : limit;
}

smmap_window smm_place_least(const struct smm_gap *gap, uint64_t offset, uint64_t size)
{
    uint64_t begin = down_to(offset, gap->page);
    uint64_t end = at_most(up_to(plus(offset, size), gap->page), gap->right);
    smmap_window window = {begin, end - begin};

    return window;
}

smmap_window smm_place(const struct smm_gap *gap, uint64_t offset, uint64_t size, uint64_t step,
                       uint64_t maximum)
{
    smmap_window least = smm_place_least(gap, offset, size);
    uint64_t least_end = least.offset + least.size;
    uint64_t begin = down_to(offset, step);
    uint64_t end = plus(begin, step);
    smmap_window window;

    if (end < least_end) {
        begin = least.offset;
        end = plus(begin, step);
        if (end < least_end)
            end = least_end;
    }
    if (begin < gap->left)
        begin = gap->left;
    end = at_most(end, gap->right);
    if (end - begin > maximum) {
        uint64_t allowed = down_to(maximum, gap->page);

        if (allowed < least.size)
            allowed = least.size;
        if (allowed <= end - least.offset) {
            begin = least.offset;
            end = begin + allowed;
        } else {
            begin = up_to(end - allowed, gap->page);
        }
    }
    window.offset = begin;
    window.size = end - begin;
    return window;
}
