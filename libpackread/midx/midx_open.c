/* midx_open.c - a folder's multi-pack-index, or where there is none of use the layers of its chain,
 * become layers of a list.
 */
#include "midx/midx_open.h"

#include <stdlib.h>

#include "base/path.h"
#include "midx/midx_add.h"
#include "midx/midx_layers.h"

#define PLAIN "multi-pack-index"

static int add_folder(pkr_midx_list *list, pkr_midx_naming *on, pkr_fault *fault)
{
    char *path = pkr_path_join(on->folder, PLAIN);
    int status = 0;
    int why = PACKREAD_ERROR_NOT_FOUND;

    if (!path)
        return pkr_fault_memory(fault);
    if (pkr_host_is_there(path))
        status = pkr_midx_add(list, on, path, 0, &(pkr_midx_block){0}, &why, fault);
    if (status == 0 && why != 0)
        status = pkr_midx_layers_add(list, on, fault);
    free(path);
    return status;
}

int pkr_midx_list_add_folder(pkr_midx_list *list, const pkr_midx_opening *opening,
                             const char *folder, pkr_fault *fault)
{
    pkr_midx_naming naming;
    int status = pkr_midx_naming_begin(&naming, opening, folder, fault);

    if (status != 0)
        return status;
    status = add_folder(list, &naming, fault);
    pkr_midx_naming_end(&naming);
    return status;
}
