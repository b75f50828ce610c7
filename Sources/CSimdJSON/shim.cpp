// The C interface of shim.h over simdjson's DOM. A handle is an index into the tape, the array of 64-bit words that
// simdjson documents (doc/tape.md): type in the top byte, payload in the other seven.
#include "shim.h"

#include <simdjson.h>

#include <cstring>
#include <new>

struct csj_parser {
  simdjson::dom::parser parser;
};

namespace {

constexpr csj_element none{nullptr, 0};
constexpr uint64_t payload_mask = 0x00FFFFFFFFFFFFFFULL;

inline const uint64_t *tape(const csj_parser *parser) { return parser->parser.doc.tape.get(); }
inline uint8_t type_at(const uint64_t *tape, size_t index) { return uint8_t(tape[index] >> 56); }

/// The index of what follows the value at `index`.
inline size_t after(const uint64_t *tape, size_t index) {
  const uint64_t word = tape[index];
  switch (uint8_t(word >> 56)) {
  case '{':
  case '[':
    return uint32_t(word);
  case 'l':
  case 'u':
  case 'd':
    return index + 2;
  default:
    return index + 1;
  }
}

inline csj_slice string_at(const csj_parser *parser, uint64_t word) {
  const uint8_t *start = parser->parser.doc.string_buf.get() + (word & payload_mask);
  uint32_t count;
  std::memcpy(&count, start, sizeof count);
  return {start + sizeof count, count};
}

inline bool is(csj_element element, char type) {
  return element.index != 0 && type_at(tape(element.parser), element.index) == uint8_t(type);
}

template <typename Word> inline Word load(const uint8_t *place) {
  Word word;
  std::memcpy(&word, place, sizeof word);
  return word;
}

/// Keys are short: two words that may overlap hold all of one, and no call is worth its price.
inline bool equal(csj_slice left, csj_slice right) {
  if (left.count != right.count) return false;
  const size_t count = left.count;
  if (count >= 8 && count <= 16) {
    return load<uint64_t>(left.start) == load<uint64_t>(right.start)
           && load<uint64_t>(left.start + count - 8) == load<uint64_t>(right.start + count - 8);
  }
  if (count >= 4 && count < 8) {
    return load<uint32_t>(left.start) == load<uint32_t>(right.start)
           && load<uint32_t>(left.start + count - 4) == load<uint32_t>(right.start + count - 4);
  }
  return std::memcmp(left.start, right.start, count) == 0;
}

} // namespace

csj_parser *csj_parser_new(void) { return new (std::nothrow) csj_parser; }

void csj_parser_free(csj_parser *parser) { delete parser; }

csj_element csj_parse(csj_parser *parser, const uint8_t *bytes, size_t count, size_t capacity) {
  const bool needs_copy = capacity < count || capacity - count < simdjson::SIMDJSON_PADDING;
  const auto result = parser->parser.parse(bytes, count, needs_copy);
  if (result.error()) return none;
  return {parser, 1};
}

csj_type csj_type_of(csj_element element) {
  if (element.index == 0) return csj_type_none;
  switch (type_at(tape(element.parser), element.index)) {
  case '{': return csj_type_object;
  case '[': return csj_type_array;
  case '"': return csj_type_string;
  case 'l':
  case 'u':
  case 'd': return csj_type_number;
  case 't':
  case 'f': return csj_type_bool;
  case 'n': return csj_type_null;
  default: return csj_type_none;
  }
}

csj_slice csj_string(csj_element element) {
  if (!is(element, '"')) return {nullptr, 0};
  return string_at(element.parser, tape(element.parser)[element.index]);
}

bool csj_integer(csj_element element, int64_t *value) {
  if (!is(element, 'l')) return false;
  std::memcpy(value, &tape(element.parser)[element.index + 1], sizeof *value);
  return true;
}

bool csj_double(csj_element element, double *value) {
  if (element.index == 0) return false;
  const uint64_t *words = tape(element.parser);
  const uint64_t raw = words[element.index + 1];
  switch (type_at(words, element.index)) {
  case 'l': *value = double(int64_t(raw)); return true;
  case 'u': *value = double(raw); return true;
  case 'd': std::memcpy(value, &raw, sizeof *value); return true;
  default: return false;
  }
}

bool csj_is_empty(csj_element element) {
  return (is(element, '{') || is(element, '[')) && after(tape(element.parser), element.index) == element.index + 2;
}

csj_element csj_member(csj_element object, const uint8_t *key, size_t key_count) {
  csj_element found = none;
  if (!is(object, '{')) return found;
  const uint64_t *words = tape(object.parser);
  const csj_slice wanted{key, key_count};
  const size_t end = after(words, object.index) - 1;
  for (size_t index = object.index + 1; index < end; index = after(words, index + 1)) {
    if (equal(string_at(object.parser, words[index]), wanted)) found = {object.parser, index + 1};
  }
  return found;
}

void csj_members(csj_element object, const csj_slice *keys, size_t count, csj_element *found) {
  for (size_t slot = 0; slot < count; slot++) found[slot] = none;
  if (!is(object, '{')) return;
  const uint64_t *words = tape(object.parser);
  const size_t end = after(words, object.index) - 1;
  // Records of one writer have their keys in one order: the search starts behind the last hit.
  size_t next = 0;
  for (size_t index = object.index + 1; index < end; index = after(words, index + 1)) {
    const csj_slice key = string_at(object.parser, words[index]);
    for (size_t tried = 0; tried < count; tried++) {
      const size_t slot = next + tried < count ? next + tried : next + tried - count;
      if (!equal(keys[slot], key)) continue;
      found[slot] = {object.parser, index + 1};
      next = slot + 1 < count ? slot + 1 : 0;
      break;
    }
  }
}

csj_element csj_first_item(csj_element array) {
  if (!is(array, '[')) return none;
  const uint64_t *words = tape(array.parser);
  const size_t first = array.index + 1;
  return first < after(words, array.index) - 1 ? csj_element{array.parser, first} : none;
}

csj_element csj_next_item(csj_element array, csj_element item) {
  if (item.index == 0) return none;
  const uint64_t *words = tape(array.parser);
  const size_t next = after(words, item.index);
  return next < after(words, array.index) - 1 ? csj_element{array.parser, next} : none;
}

csj_element csj_first_key(csj_element object) {
  if (!is(object, '{')) return none;
  const uint64_t *words = tape(object.parser);
  const size_t first = object.index + 1;
  return first < after(words, object.index) - 1 ? csj_element{object.parser, first} : none;
}

csj_element csj_value_of_key(csj_element key) { return key.index == 0 ? none : csj_element{key.parser, key.index + 1}; }

csj_element csj_next_key(csj_element object, csj_element value) {
  if (value.index == 0) return none;
  const uint64_t *words = tape(object.parser);
  const size_t next = after(words, value.index);
  return next < after(words, object.index) - 1 ? csj_element{object.parser, next} : none;
}

csj_slice csj_string_run(csj_element array) {
  if (!is(array, '[')) return {nullptr, 0};
  const uint64_t *words = tape(array.parser);
  const size_t end = after(words, array.index) - 1;
  if (array.index + 1 >= end) return {nullptr, 0};
  for (size_t index = array.index + 1; index < end; index++) {
    if (type_at(words, index) != '"') return {nullptr, 0};
  }
  const csj_slice first = string_at(array.parser, words[array.index + 1]);
  const csj_slice last = string_at(array.parser, words[end - 1]);
  // The length of the first string stands in front of it and is part of the stretch.
  const uint8_t *start = first.start - sizeof(uint32_t);
  return {start, size_t(last.start + last.count - start)};
}
