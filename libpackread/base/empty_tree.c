/* empty_tree.c - the hashes of "tree 0" and a NUL. */
#include "base/empty_tree.h"

#include "base/id.h"

bool pkr_empty_tree_id(size_t id_size, packread_id *id)
{
    static const unsigned char sha1[20] = {0x4b, 0x82, 0x5d, 0xc6, 0x42, 0xcb, 0x6e,
                                           0xb9, 0xa0, 0x60, 0xe5, 0x4b, 0xf8, 0xd6,
                                           0x92, 0x88, 0xfb, 0xee, 0x49, 0x04};
    static const unsigned char sha256[32] = {0x6e, 0xf1, 0x9b, 0x41, 0x22, 0x5c, 0x53, 0x69,
                                             0xf1, 0xc1, 0x04, 0xd4, 0x5d, 0x8d, 0x85, 0xef,
                                             0xa9, 0xb0, 0x57, 0xb5, 0x3b, 0x14, 0xb4, 0xb9,
                                             0xb9, 0x39, 0xdd, 0x74, 0xde, 0xcc, 0x53, 0x21};

    if (id_size != sizeof sha1 && id_size != sizeof sha256)
        return false;
    pkr_id_set(id, id_size == sizeof sha1 ? sha1 : sha256, id_size);
    return true;
}

bool pkr_is_empty_tree(const packread_id *id)
{
    packread_id empty;

    return pkr_empty_tree_id(id->size, &empty) && packread_id_compare(id, &empty) == 0;
}
