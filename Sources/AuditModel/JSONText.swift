/// Why a text is not JSON, and at which byte of it.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  public var offset: Int
  public var reason: String
  public init(offset: Int, reason: String) {
    self.offset = offset
    self.reason = reason
  }
  public var description: String { "\(reason) at byte \(offset)" }
}

extension JSONValue {
  /// Reads one JSON value and nothing after it but white space.
  ///
  /// Stricter than the logs need it only where a meaning would be lost: bytes that are not UTF-8 and lone
  /// surrogates become U+FFFD, raw control characters inside strings are let through, depth ends at 1,000.
  public init(parsing text: String) throws(JSONError) {
    try self.init(parsing: Array(text.utf8))
  }

  public init(parsing bytes: [UInt8]) throws(JSONError) {
    var result: Result<JSONValue, JSONError> = .success(.null)
    bytes.withUnsafeBytes { buffer in
      do throws(JSONError) { result = .success(try JSONValue(parsing: buffer)) } catch { result = .failure(error) }
    }
    self = try result.get()
  }

  public init(parsing buffer: UnsafeRawBufferPointer) throws(JSONError) {
    var reader = JSONReader(bytes: buffer)
    self = try reader.document()
  }

  /// The same of a text that is mostly as the last one: what is equal in both is taken over.
  public init(parsing bytes: [UInt8], memory: RecordMemory) throws(JSONError) {
    let last = memory.parsed
    var result: Result<JSONValue, JSONError> = .success(.null)
    bytes.withUnsafeBytes { buffer in
      last.text.withUnsafeBytes { text in
        var reader = JSONReader(bytes: buffer, like: last.nodes, of: text)
        do throws(JSONError) {
          result = .success(try reader.document())
          memory.parsed = JSONOutline(text: bytes, nodes: reader.nodes)
        } catch {
          result = .failure(error)
        }
      }
    }
    self = try result.get()
  }

  /// Compact JSON in the order of the members. `<`, `>`, `&` are not escaped.
  public var json: String {
    var out: [UInt8] = []
    write(to: &out, indent: nil, depth: 0)
    return String(decoding: out, as: UTF8.self)
  }

  /// JSON with two spaces a level, one member a line.
  public var prettyJSON: String {
    var out: [UInt8] = []
    write(to: &out, indent: 2, depth: 0)
    return String(decoding: out, as: UTF8.self)
  }

  public func write(to out: inout [UInt8], indent: Int? = nil, depth: Int = 0) {
    func newline(_ depth: Int) {
      guard let indent else { return }
      out.append(UInt8(ascii: "\n"))
      out.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indent * depth))
    }
    switch self {
    case .null: out.append(contentsOf: "null".utf8)
    case .bool(let value): out.append(contentsOf: (value ? "true" : "false").utf8)
    case .number(let text): out.append(contentsOf: text.utf8)
    case .string(let text): JSONValue.writeString(text, to: &out)
    case .array(let items):
      out.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        newline(depth + 1)
        item.write(to: &out, indent: indent, depth: depth + 1)
      }
      if !items.isEmpty { newline(depth) }
      out.append(UInt8(ascii: "]"))
    case .object(let members):
      out.append(UInt8(ascii: "{"))
      for (index, member) in members.list.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        newline(depth + 1)
        JSONValue.writeString(member.key, to: &out)
        out.append(UInt8(ascii: ":"))
        if indent != nil { out.append(UInt8(ascii: " ")) }
        member.value.write(to: &out, indent: indent, depth: depth + 1)
      }
      if !members.isEmpty { newline(depth) }
      out.append(UInt8(ascii: "}"))
    }
  }

  /// A JSON string literal; control characters, the quote and the backslash are escaped, all else stands as it is.
  public static func writeString(_ text: String, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    defer { out.append(UInt8(ascii: "\"")) }
    // Most strings hold nothing to escape: they are copied as a whole.
    let isCopied = text.utf8.withContiguousStorageIfAvailable { bytes in
      guard bytes.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) else {
        return false
      }
      out.append(contentsOf: bytes)
      return true
    }
    if isCopied == true { return }
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): out.append(contentsOf: "\\\"".utf8)
      case UInt8(ascii: "\\"): out.append(contentsOf: "\\\\".utf8)
      case 0x0A: out.append(contentsOf: "\\n".utf8)
      case 0x0D: out.append(contentsOf: "\\r".utf8)
      case 0x09: out.append(contentsOf: "\\t".utf8)
      case 0..<0x20:
        let hex = Array("0123456789abcdef".utf8)
        out.append(contentsOf: "\\u00".utf8)
        out.append(hex[Int(byte >> 4)])
        out.append(hex[Int(byte & 15)])
      default: out.append(byte)
      }
    }
  }
}
