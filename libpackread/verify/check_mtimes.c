/* check_mtimes.c - head, length and sums of a .mtimes. */
#include "verify/check_mtimes.h"

#include "format/mtimes.h"
#include "verify/side_file.h"

int pkr_check_mtimes(pkr_findings *findings, packread_reader *reader, pkr_fault *fault)
{
    return pkr_side_file_check(findings, reader, PKR_BESIDE_MTIMES, pkr_mtimes_parse, NULL, fault);
}
