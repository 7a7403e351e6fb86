/* window.c - pure arithmetic on ranges of a file; knows no file. */
#include "smmap.h"
#include "system.h"

uint64_t smmap_granularity(void)
{
    return smm_page_size();
}

uint64_t smmap_align(uint64_t number, bool round_up)
{
    uint64_t page = smm_page_size();
    uint64_t down = number - number % page;

    if (!round_up || down == number)
        return down;
    return down > UINT64_MAX - page ? down : down + page;
}

bool smmap_is_64_bit(void)
{
    return sizeof(void *) >= 8;
}

uint64_t smmap_window_end(const smmap_window *window)
{
    return window->size > UINT64_MAX - window->offset ? UINT64_MAX : window->offset + window->size;
}

void smmap_window_align(smmap_window *window)
{
    uint64_t end = smmap_window_end(window);
    uint64_t begin = smmap_align(window->offset, false);
    uint64_t up = smmap_align(end, true);

    window->size = (up < end ? end : up) - begin;
    window->offset = begin;
}

void smmap_window_extend_left_to(smmap_window *window, const smmap_window *left, uint64_t maximum)
{
    uint64_t stop = smmap_window_end(left);
    uint64_t gap;

    if (window->size >= maximum || stop >= window->offset)
        return;
    gap = window->offset - stop;
    if (gap > maximum - window->size)
        gap = maximum - window->size;
    window->offset -= gap;
    window->size += gap;
}

void smmap_window_extend_right_to(smmap_window *window, const smmap_window *right, uint64_t maximum)
{
    uint64_t end = smmap_window_end(window);
    uint64_t gap;

    if (window->size >= maximum || right->offset <= end)
        return;
    gap = right->offset - end;
    if (gap > maximum - window->size)
        gap = maximum - window->size;
    window->size += gap;
}

smmap_window smmap_window_from_region(const smmap_region_info *info)
{
    smmap_window window = {info->begin, info->size};
    return window;
}
