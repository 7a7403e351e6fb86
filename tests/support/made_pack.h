/* made_pack.h - packs of a test's own: the pieces that several tests build theirs from. */
#ifndef MADE_PACK_H
#define MADE_PACK_H

#include "packwriter.h"
#include "sample_place.h"

/* Blobs of a line; all but number 5 are nearly the same. */
#define MADE_LINES 7
extern const char *const made_lines[MADE_LINES];

/* Starts a pack of version 2 with ids of 20 bytes; nothing is in it. */
void made_pack_begin(struct packwriter_pack *pack);
/* The line as a whole object, or as an OFS_DELTA on the entry `base`, which is the line of that
 * number. */
void made_pack_add_line(struct packwriter_pack *pack, size_t number);
void made_pack_add_delta(struct packwriter_pack *pack, size_t base, size_t number);
/* Starts a pack with 0 whole; 1 on 0; 2 on 1; 3 on 1; 4 on 0; 5 whole and alone. */
void made_pack_begin_tree(struct packwriter_pack *pack);
#define MADE_TREE 6

/* A blob that is right in every sum, but stored under the id of other contents. */
void made_pack_add_false(struct packwriter_pack *pack, const void *stored, size_t stored_size,
                         const void *contents, size_t size);
/* One bit of the entry's last byte, which is in its stream's own checksum. */
void made_pack_damage(struct packwriter_pack *pack, size_t entry);

/* The id of the blob of a text. */
packread_id made_pack_text_id(const char *text);
/* A REF_DELTA on the text `base`, whether or not the pack has that: it gives `result`, and stands
 * under the id of `text`. */
void made_pack_add_on(struct packwriter_pack *pack, const char *base, const char *text,
                      const char *result);
/* Saved with its index, as NAME.pack and NAME.idx in the scratch folder, and freed. */
void made_pack_put(struct packwriter_pack *pack, const char *name);

packread_id made_pack_id(const struct packwriter_pack *pack, size_t entry);

/* Saved as NAME.pack and NAME.idx in the scratch folder, and opened. */
sample_place made_pack_open(struct packwriter_pack *pack, const char *name);

/* The row that the index has to have. */
struct packwriter_index_row made_pack_row(const struct packwriter_pack *pack, size_t entry);
/* The same with an index of rows of the test's own; the pack's count is theirs. Of the options all
 * but pack_sum count; NULL: none. The path of the pack, to be freed. */
char *made_pack_save_rows(struct packwriter_pack *pack, const char *name,
                          const struct packwriter_index_row *rows, size_t count,
                          const struct packwriter_index_options *options);

#endif
