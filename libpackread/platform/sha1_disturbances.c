/* sha1_disturbances.c - the differences themselves. */
#include "platform/sha1_disturbances.h"

#define LAST_I 52u
#define LAST_II 56u

/* The differences of a vector follow from its own 80 words: word t of the difference is v[t] ^
 * rotl(v[t-1], 5) ^ v[t-2] ^ rotl(v[t-3] ^ v[t-4] ^ v[t-5], 30). K moves a vector along the steps,
 * so one run of words serves all K of a type: word 0 for the last K comes first. b turns each word
 * by b bits. test_hash_lanes_tables makes them anew out of the definition. */
#define CHANGES_I(WORD)                                                                            \
    WORD(0x04000010u), WORD(0xe8000000u), WORD(0x0800000cu), WORD(0x18000000u), WORD(0xb800000au), \
        WORD(0xc8000010u), WORD(0x2c000010u), WORD(0xf4000014u), WORD(0xb4000008u),                \
        WORD(0x08000000u), WORD(0x9800000cu), WORD(0xd8000010u), WORD(0x08000010u),                \
        WORD(0xb8000010u), WORD(0x98000000u), WORD(0x60000000u), WORD(0x00000008u),                \
        WORD(0xc0000000u), WORD(0x90000014u), WORD(0x10000010u), WORD(0xb8000014u),                \
        WORD(0x28000000u), WORD(0x20000010u), WORD(0x48000000u), WORD(0x08000018u)
#define CHANGES_II(WORD)                                                                           \
    WORD(0x2600001au), WORD(0x00000010u), WORD(0x0400001cu), WORD(0xcc000014u), WORD(0x0c000002u), \
        WORD(0xc0000010u), WORD(0xb400001cu), WORD(0x3c000004u), WORD(0xbc00001au),                \
        WORD(0x20000010u), WORD(0x2400001cu), WORD(0xec000014u), WORD(0x0c000002u),                \
        WORD(0xc0000010u), WORD(0xb400001cu), WORD(0x2c000004u), WORD(0xbc000018u),                \
        WORD(0xb0000010u), WORD(0x0000000cu), WORD(0xb8000010u), WORD(0x08000018u),                \
        WORD(0x78000010u), WORD(0x08000014u), WORD(0x70000010u), WORD(0xb800001cu),                \
        WORD(0xe8000000u), WORD(0xb0000004u)

#define BYTES(word) (word) >> 24, (word) >> 16 & 255, (word) >> 8 & 255, (word)&255
#define BYTES_2(word) BYTES((word) << 2 | (word) >> 30)

static const unsigned char changes_i_0[] = {CHANGES_I(BYTES)};
static const unsigned char changes_i_2[] = {CHANGES_I(BYTES_2)};
static const unsigned char changes_ii_0[] = {CHANGES_II(BYTES)};
static const unsigned char changes_ii_2[] = {CHANGES_II(BYTES_2)};

pkr_disturbance pkr_disturbance_of(unsigned type, unsigned bit)
{
    const bool is_turned = bit >= (type == 1 ? 16u : 20u);
    unsigned k = bit;
    const unsigned char *changes;

    if (type == 1) {
        k += is_turned ? PKR_BASE_I_2 : PKR_BASE_I_0;
        changes = (is_turned ? changes_i_2 : changes_i_0) + 4 * (LAST_I - k);
    } else {
        k += is_turned ? PKR_BASE_II_2 : PKR_BASE_II_0;
        changes = (is_turned ? changes_ii_2 : changes_ii_0) + 4 * (LAST_II - k);
    }
    return (pkr_disturbance){.type = (unsigned char)type,
                             .k = (unsigned char)k,
                             .b = is_turned ? 2 : 0,
                             .is_late = k >= 50,
                             .changes = changes};
}
