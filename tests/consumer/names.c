/* Part of a program that is linked with both archives: it has names of its own that files inside
 * the libraries could have as well. Whoever in the libraries means its own by one of them ends
 * here. */
#include <stdlib.h>

#define OURS(name)   \
    void name(void); \
    void name(void)  \
    {                \
        abort();     \
    }

OURS(sort_ids)
OURS(hash_begin)
OURS(hash_end)
OURS(inflate_begin)
OURS(inflate_whole)
OURS(delta_apply)
OURS(entry_parse)
OURS(tree_next)
OURS(idx_parse)
OURS(fault_set)
OURS(budget_take)
OURS(path_join)
OURS(cache_add)
OURS(cache_find)
OURS(blob_new)
OURS(chain_base)
OURS(view_use)
OURS(rows_find)
OURS(pack_open)
OURS(pack_close)
OURS(place_find)
OURS(reader_begin)
OURS(find_id)
OURS(repair)
OURS(walk_begin)
OURS(verify_run)
OURS(sum)
OURS(region_map)
OURS(region_pin)
OURS(regions_put)
OURS(cursor_take_region)
OURS(file_open)
OURS(file_check)
OURS(files_find)
OURS(list_push)
OURS(load_region)
OURS(obtain)
OURS(place)
OURS(plan_region)
OURS(guard_install)
OURS(system_open)
OURS(manager_make_room)
OURS(account_added)
OURS(check)
OURS(fail)

int page_size = -1;
int real_system = -1;
int open_default = -1;
const char *const names[] = {"a program's own"};
