/* json.h - JSON on standard output: always valid, whatever bytes the names have. */
#ifndef JSON_H
#define JSON_H

#include <packread.h>

/* Each writes `"name":value`, with a comma before it but for the first after json_open. */
void json_open(void);  /* { */
void json_close(void); /* } and the end of the line */
/* Controls, and characters that are not seen, are escaped. A byte that is not UTF-8, XX in
 * hex, becomes \udcXX, which stands for nothing else unless it is the second half of a pair: no
 * byte is lost. NULL gives null. */
void json_text(const char *name, const char *value);
/* "FOLDER/BELOW". */
void json_path(const char *name, const char *folder, const char *below);
void json_number(const char *name, uint64_t value);
void json_null(const char *name);
void json_boolean(const char *name, bool value);
void json_id(const char *name, const packread_id *id); /* null for an id of size 0 */
void json_crc(const char *name, bool has_crc, uint32_t crc);

/* A list of objects: json_open_list, then json_open ... json_close_inner for each, json_close_list.
 */
void json_open_list(const char *name);
void json_close_inner(void);
void json_close_list(void);

#endif
