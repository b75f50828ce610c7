/// JSON read with simdjson, as a C interface: one document at a time, looked at by handles.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Holds one document. Not for two threads at once.
typedef struct csj_parser csj_parser;

/// A value of the document that `parser` holds, valid until it reads the next one. `index` 0 means: there is none.
typedef struct {
  const csj_parser *_Nullable parser;
  size_t index;
} csj_element;

/// Bytes of UTF-8 that belong to the parser; `start` is null where there is no string.
typedef struct {
  const uint8_t *_Nullable start;
  size_t count;
} csj_slice;

typedef enum csj_type : uint8_t {
  csj_type_none,
  csj_type_object,
  csj_type_array,
  csj_type_string,
  csj_type_number,
  csj_type_bool,
  csj_type_null,
} csj_type;

/// Null when there is no memory for it.
csj_parser *_Nullable csj_parser_new(void);
void csj_parser_free(csj_parser *_Nullable parser);

/// Reads one document, and nothing after it but white space.
///
/// `capacity` is how many bytes may be read from `bytes` on; where that is less than `count` plus what simdjson
/// reads beyond the end, the parser works on a copy. The root, or an element with index 0 when it is not JSON.
csj_element csj_parse(
    csj_parser *_Nonnull parser, const uint8_t *_Nonnull bytes, size_t count, size_t capacity);

csj_type csj_type_of(csj_element element);
/// The text of a string, without its escapes.
csj_slice csj_string(csj_element element);
/// Whether the element is an integer of 64 bits with a sign; it is then in `value`.
bool csj_integer(csj_element element, int64_t *_Nonnull value);
/// Whether the element is a number; it is then in `value`, rounded where need be.
bool csj_double(csj_element element, double *_Nonnull value);
/// Whether the element is an object or array that holds nothing.
bool csj_is_empty(csj_element element);

/// The member of an object; of members with the same key the last, as Go's decoder takes it.
csj_element csj_member(csj_element object, const uint8_t *_Nonnull key, size_t key_count);
/// Finds members by many keys in one pass. `found` has room for `count` elements and is written to the end.
void csj_members(csj_element object, const csj_slice *_Nonnull keys, size_t count, csj_element *_Nonnull found);

/// The first item of an array, or the one after `item`; index 0 behind the last, or where it is no array.
csj_element csj_first_item(csj_element array);
csj_element csj_next_item(csj_element array, csj_element item);
/// The first key of an object, the value that a key has, and the key behind a value; index 0 where there is none.
csj_element csj_first_key(csj_element object);
csj_element csj_value_of_key(csj_element key);
csj_element csj_next_key(csj_element object, csj_element value);
/// One stretch of memory that the strings of an array of strings fill, with separators that depend on their
/// lengths: equal stretches mean equal arrays. Null where an item is no string, or there is none.
csj_slice csj_string_run(csj_element array);

#ifdef __cplusplus
}
#endif
