import AuditModel

/// A copy of a record that simdjson takes, of bytes that it refuses and other JSON readers do not; nil where nobody
/// would. Bytes that are not UTF-8 and lone surrogates become U+FFFD, control characters are escaped, and numbers too
/// large for 64 bits become strings. Only facts are taken from the copy: positions and keys are those of the original.
func sanitised(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
  guard let value = try? JSONValue(parsing: bytes), value.members != nil else { return nil }
  var out: [UInt8] = []
  out.reserveCapacity(bytes.count + 64)
  withReadableNumbers(value).write(to: &out)
  return out
}

private func withReadableNumbers(_ value: JSONValue) -> JSONValue {
  switch value {
  case .number(let text): isReadable(text) ? value : .string(text)
  case .array(let items): .array(items.map(withReadableNumbers))
  case .object(let members):
    .object(JSONMembers(members.list.map { .init(key: $0.key, value: withReadableNumbers($0.value)) }))
  case .null, .bool, .string: value
  }
}

private func isReadable(_ text: String) -> Bool {
  if Int64(text) != nil { return true }
  guard text.utf8.contains(where: { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }) else { return false }
  return Double(text)?.isFinite ?? false
}
