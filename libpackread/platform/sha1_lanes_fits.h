/* sha1_lanes_fits.h - the part of sha1_lanes_body.h that knows which disturbance vectors the blocks
 * of all lanes fit. */

typedef struct planes {
    vec p0, p1, p2, p3, p4, p5, p6, p7, p28, p29, p30;
} planes;

/* The ten bits 29, 30, 31, 0 ... 6 of a word stand side by side if it is seen as a circle. So three
 * words fit into one: bits of word i stay, those of word i + 10 are turned by 10, of word i + 20
 * by 20. Of these ten words, each five take the lower halves of two tens, and the upper ones. Out
 * of five such, one plane is picked: word i + 5m is bit i + 5m. */
#define SECOND_TEN 0x0001ff80u
#define THIRD_TEN 0x07fe0000u
#define LOWER_HALVES 0xe03e0f83u
#define EVERY_FIFTH 0x02108421u

/* Bit `at` of the halves, for all words. */
FUNCTION vec pick(const vec halves[5], unsigned at)
{
    vec plane = {0};

    PKR_UNROLLED
    for (unsigned i = 0; i < 5; i++) {
        const unsigned by = (i + 3 - at) & 31;

        plane = WITH(plane, by ? ROTATE(halves[i], by) : halves[i], EVERY_FIFTH << i);
    }
    return plane;
}

FUNCTION void take_planes(const vec kept[PKR_PLANE_WORDS], planes *to)
{
    vec tens[10];
    vec lower[5];
    vec upper[5];

    PKR_UNROLLED
    for (unsigned i = 0; i < 10; i++)
        tens[i] = MERGE(MERGE(kept[i], ROTATE(kept[i + 10], 10), SECOND_TEN),
                        ROTATE(kept[i + 20], 20), THIRD_TEN);
    PKR_UNROLLED
    for (unsigned i = 0; i < 5; i++) {
        lower[i] = MERGE(ROTATE(tens[i + 5], 5), tens[i], LOWER_HALVES);
        upper[i] = MERGE(tens[i + 5], ROTATE(tens[i], 27), LOWER_HALVES);
    }
    to->p29 = pick(lower, 0);
    to->p30 = pick(lower, 1);
    to->p0 = pick(lower, 3);
    to->p1 = pick(lower, 4);
    to->p3 = pick(upper, 1);
    to->p4 = pick(upper, 2);
    to->p5 = pick(upper, 3);
    to->p6 = pick(upper, 4);

    /* Of these three only some words are asked for. */
    to->p2 = to->p7 = to->p28 = (vec){0};
#define PUT(plane, bit, i) plane = WITH(plane, ROTATE(kept[i], (32 + (i)-bit) & 31), 1u << (i))
    PUT(to->p2, 2, 26);
    PUT(to->p2, 2, 27);
    PUT(to->p2, 2, 28);
    PUT(to->p7, 7, 27);
    PUT(to->p7, 7, 28);
    PUT(to->p7, 7, 29);
    PUT(to->p28, 28, 4);
    PUT(to->p28, 28, 5);
    PUT(to->p28, 28, 6);
    PUT(to->p28, 28, 7);
    PUT(to->p28, 28, 8);
    PUT(to->p28, 28, 9);
    PUT(to->p28, 28, 10);
    PUT(to->p28, 28, 11);
    PUT(to->p28, 28, 12);
    PUT(to->p28, 28, 13);
#undef PUT
}

/* Bit `i` of a pair: bit `bit` of word i is unlike bit `other` of word i + distance. A condition
 * asks for the words K + from, each at its vector's own bit: the pair, shifted so. */
FUNCTION void test(const planes *of, vec *fits_i, vec *fits_ii)
{
#define PAIR(bit, other, distance) \
    const vec pair_##bit##_##other##_##distance = of->p##bit ^ (of->p##other >> (distance));
    PKR_SHA1_PAIRS(PAIR)
#undef PAIR
    vec unfit = {0};

#define BACK(vectors, from) (PKR_BASE_##vectors - PKR_FIRST_WORD + (from))
#define SHIFTED(pair, by) ((by) > 0 ? (pair) >> ((by)&31) : (pair) << (-(by)&31))
#define SAME(vectors, bit, other, distance, from, which) \
    unfit = WITH(unfit, SHIFTED(pair_##bit##_##other##_##distance, BACK(vectors, from)), (which));
#define OTHER(vectors, bit, other, distance, from, which) \
    unfit =                                               \
        WITHOUT(unfit, SHIFTED(pair_##bit##_##other##_##distance, BACK(vectors, from)), (which));
    PKR_SHA1_CONDITIONS_I(SAME, OTHER)
    *fits_i = ~unfit & PKR_DISTURBANCES_I;
    unfit = (vec){0};
    PKR_SHA1_CONDITIONS_II(SAME, OTHER)
    *fits_ii = ~unfit & PKR_DISTURBANCES_II;
#undef BACK
#undef SHIFTED
#undef SAME
#undef OTHER
}
