/* collision.c - see collision.h. */
#include "collision.h"

static const char *const same =
    "255044462d312e330a25e2e3cfd30a0a0a312030206f626a0a3c3c2f57696474682032203020522f"
    "4865696768742033203020522f547970652034203020522f537562747970652035203020522f4669"
    "6c7465722036203020522f436f6c6f7253706163652037203020522f4c656e677468203820302052"
    "2f42697473506572436f6d706f6e656e7420383e3e0a73747265616d0affd8fffe00245348412d31"
    "20697320646561642121212121852fec092339759c39b1a1c63c4c97e1fffe01";
static const char *const blocks[2] = {
    "7346dc9166b67e118f029ab621b2560ff9ca67cca8c7f85ba84c79030c2b3de218f86db3a90901d5"
    "df45c14f26fedfb3dc38e96ac22fe7bd728f0e45bce046d23c570feb141398bb552ef5a0a82be331"
    "fea48037b8b5d71f0e332edf93ac3500eb4ddc0decc1a864790c782c76215660dd309791d06bd0af"
    "3f98cda4bc4629b1",
    "7f46dc93a6b67e013b029aaa1db2560b45ca67d688c7f84b8c4c791fe02b3df614f86db1690901c5"
    "6b45c1530afedfb76038e972722fe7ad728f0e4904e046c230570fe9d41398abe12ef5bc942be335"
    "42a4802d98b5d70f2a332ec37fac3514e74ddc0f2cc1a874cd0c78305a21566461309789606bd0bf"
    "3f98cda8044629a1"};

static unsigned nibble(char digit)
{
    return (unsigned)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

void collision_bytes(unsigned number, unsigned char bytes[COLLISION_SIZE])
{
    for (unsigned i = 0; i < COLLISION_SIZE; i++) {
        const char *digits =
            i < COLLISION_FIRST ? same + 2 * i : blocks[number] + 2 * (i - COLLISION_FIRST);

        bytes[i] = (unsigned char)(nibble(digits[0]) << 4 | nibble(digits[1]));
    }
}
