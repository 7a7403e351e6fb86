/* sha1_lanes_halves.h - the part of sha1_lanes_body.h that decides whether blocks in doubt are
 * halves of collisions. */

/* To take steps, or to take them back; words lie in `words`. */
#define ANY_WORD(t) words[t]

#define STEP_BACK(F, K, word, a, b, c, d, e)         \
    do {                                             \
        b = ROTATE(b, 2);                            \
        e -= (word) + K + F(b, c, d) + ROTATE(a, 5); \
    } while (0)

#define STEPS5_BACK(F, K, t)                            \
    do {                                                \
        STEP_BACK(F, K, words[(t) + 4], b, c, d, e, a); \
        STEP_BACK(F, K, words[(t) + 3], c, d, e, a, b); \
        STEP_BACK(F, K, words[(t) + 2], d, e, a, b, c); \
        STEP_BACK(F, K, words[(t) + 1], e, a, b, c, d); \
        STEP_BACK(F, K, words[(t) + 0], a, b, c, d, e); \
    } while (0)

FUNCTION void expand_all(vec words[80])
{
    for (unsigned t = 16; t < 80; t++) {
        const vec sum = PARITY(words[t - 3], words[t - 8], words[t - 14]) ^ words[t - 16];

        words[t] = ROTATE(sum, 1);
    }
}

/* The steps around those where the halves are the same, one by one: only lanes where `moves` has
 * bits take step `t`, or take it back. */
#define FIRST_SINGLE 55u

FUNCTION vec function_of(unsigned t, vec b, vec c, vec d)
{
    return t < 60 ? MAJORITY(b, c, d) + K3 : PARITY(b, c, d) + K4;
}

FUNCTION void step_on(vec s[5], const vec words[80], unsigned t, vec moves)
{
    const vec a = ROTATE(s[0], 5) + function_of(t, s[1], s[2], s[3]) + s[4] + words[t];
    const vec c = ROTATE(s[1], 30);

    s[4] = MERGE(s[4], s[3], moves);
    s[3] = MERGE(s[3], s[2], moves);
    s[2] = MERGE(s[2], c, moves);
    s[1] = MERGE(s[1], s[0], moves);
    s[0] = MERGE(s[0], a, moves);
}

FUNCTION void step_back(vec s[5], const vec words[80], unsigned t, vec moves)
{
    const vec b = ROTATE(s[2], 2);
    const vec e = s[0] - ROTATE(s[1], 5) - function_of(t, b, s[3], s[4]) - words[t];

    s[0] = MERGE(s[0], s[1], moves);
    s[1] = MERGE(s[1], b, moves);
    s[2] = MERGE(s[2], s[3], moves);
    s[3] = MERGE(s[3], s[4], moves);
    s[4] = MERGE(s[4], e, moves);
}

#define TAKE(s) vec a = s[0], b = s[1], c = s[2], d = s[3], e = s[4]
#define PUT_BACK(s) s[0] = a, s[1] = b, s[2] = c, s[3] = d, s[4] = e

/* From the state that both halves have in common to the end of the block, and to its beginning. */
FUNCTION void go_to_end(vec s[5], const vec words[80], vec late)
{
    for (unsigned t = PKR_SAME_EARLY; t < PKR_SAME_LATE; t++)
        step_on(s, words, t, ~late);
    {
        TAKE(s);

        for (unsigned t = PKR_SAME_LATE; t < 80; t += 5)
            STEPS5(PARITY, K4, ANY_WORD, t);
        PUT_BACK(s);
    }
}

FUNCTION void go_to_beginning(vec s[5], const vec words[80], vec late)
{
    for (unsigned t = PKR_SAME_LATE; t-- > FIRST_SINGLE;)
        step_back(s, words, t, t < PKR_SAME_EARLY ? ~(vec){0} : late);
    {
        TAKE(s);

        for (unsigned t = FIRST_SINGLE; t > 40; t -= 5)
            STEPS5_BACK(MAJORITY, K3, t - 5);
        for (unsigned t = 40; t > 20; t -= 5)
            STEPS5_BACK(PARITY, K2, t - 5);
        for (unsigned t = 20; t > 0; t -= 5)
            STEPS5_BACK(CHOOSE, K1, t - 5);
        PUT_BACK(s);
    }
}

/* Those from `from` on, which are at least LANES: the other half, from the state that both have in
 * common to its two ends. If it ends in the same state as the block, this is a collision. Returns
 * which bits differ. */
static vec compare_halves(const pkr_sha1_doubts *doubts, unsigned from)
{
    const unsigned char *others[LANES];
    vec words[80];
    vec beginning[5];
    vec end[5];
    vec late;
    vec differs = {0};

    for (unsigned i = 0; i < LANES; i++)
        others[i] = doubts->others[from + i];
    memcpy(&late, doubts->late + from, sizeof late);
    for (unsigned i = 0; i < 5; i++)
        memcpy(&end[i], doubts->same[i] + from, sizeof end[i]);
    memcpy(beginning, end, sizeof beginning);
    load(others, 0, words);
    expand_all(words);
    go_to_end(end, words, late);
    go_to_beginning(beginning, words, late);
    for (unsigned i = 0; i < 5; i++) {
        vec after;

        memcpy(&after, doubts->after[i] + from, sizeof after);
        differs |= (beginning[i] + end[i]) ^ after;
    }
    return differs;
}

void NAME(decide)(pkr_sha1_doubts *doubts)
{
    for (unsigned from = 0; from < doubts->count; from += LANES) {
        const vec differs = compare_halves(doubts, from);

        for (unsigned i = 0; i < LANES && from + i < doubts->count; i++)
            if (differs[i] == 0)
                *doubts->attacks[from + i] = true;
    }
    doubts->count = 0;
}
