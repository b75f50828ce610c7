import AuditModel

/// Reads one document of the YAML that tools write (`gcloud logging read`): block mappings and sequences, scalars plain,
/// quoted or as blocks. Anchors, tags and flow collections other than JSON are beyond it.
struct YAMLReader {
  private struct Line {
    var indent: Int
    var text: Substring
  }

  private var lines: [Line] = []
  private var at = 0
  private static let deepest = 200
  /// Lines of one scalar that is folded; each is looked at again with the next.
  private static let longestScalar = 1000

  /// The document's value as JSON has it; nil where it is none that this reads.
  static func value(of document: UnsafeRawBufferPointer) -> JSONValue? {
    var reader = YAMLReader(String(decoding: document, as: UTF8.self))
    guard let value = reader.block(depth: 0) else { return nil }
    reader.skipBlank()
    return reader.at == reader.lines.count ? value : nil
  }

  private init(_ text: String) {
    // By bytes: `\r\n` is one Character.
    for line in text.utf8.split(separator: Ascii.newline, omittingEmptySubsequences: false) {
      let whole = Substring(line)
      let body = whole.drop { $0 == " " }
      let isEnded = body.utf8.last == 0x0D
      lines.append(
        Line(
          indent: whole.utf8.count - body.utf8.count,
          text: isEnded ? Substring(body.utf8.dropLast()) : body))
    }
  }

  private mutating func skipBlank() {
    while at < lines.count, lines[at].text.isEmpty || lines[at].text.hasPrefix("#") { at += 1 }
  }

  /// What stands at the next line: a sequence, a mapping or a scalar.
  private mutating func block(depth: Int) -> JSONValue? {
    skipBlank()
    guard depth < Self.deepest, at < lines.count else { return nil }
    let line = lines[at]
    if isItem(line.text) { return sequence(line.indent, depth: depth) }
    if key(of: line.text) != nil { return mapping(line.indent, depth: depth) }
    return scalar(line.text, above: line.indent - 1)
  }

  private func isItem(_ text: Substring) -> Bool { text == "-" || text.hasPrefix("- ") }

  private mutating func sequence(_ indent: Int, depth: Int) -> JSONValue? {
    var items: [JSONValue] = []
    while true {
      skipBlank()
      guard at < lines.count, lines[at].indent == indent, isItem(lines[at].text) else { return .array(items) }
      let content = lines[at].text.dropFirst().drop { $0 == " " }
      guard let item = value(content, of: indent, depth: depth, isItem: true) else { return nil }
      items.append(item)
    }
  }

  private mutating func mapping(_ indent: Int, depth: Int) -> JSONValue? {
    var members = JSONMembers()
    while true {
      skipBlank()
      guard at < lines.count, lines[at].indent == indent, !isItem(lines[at].text) else { return .object(members) }
      guard let (name, rest) = key(of: lines[at].text),
        let value = value(rest, of: indent, depth: depth, isItem: false)
      else { return nil }
      members.list.append(JSONMembers.Member(key: name, value: value))
    }
  }

  /// What stands behind a key or a dash, on its line or below it.
  private mutating func value(_ text: Substring, of indent: Int, depth: Int, isItem: Bool) -> JSONValue? {
    if text.isEmpty || text.hasPrefix("#") {
      at += 1
      skipBlank()
      guard at < lines.count else { return .null }
      let next = lines[at]
      // Items of a key may stand below it without being further in.
      let isBelow = next.indent > indent || !isItem && next.indent == indent && self.isItem(next.text)
      return isBelow ? block(depth: depth + 1) : .null
    }
    if isItem, self.isItem(text) || key(of: text) != nil {
      // The rest of the line is the first of a block that goes on below it.
      lines[at].indent += lines[at].text.utf8.count - text.utf8.count
      lines[at].text = text
      return block(depth: depth + 1)
    }
    return scalar(text, above: indent)
  }

  /// - Parameter indent: lines that are further in belong to the scalar.
  private mutating func scalar(_ text: Substring, above indent: Int) -> JSONValue? {
    at += 1
    switch text.first {
    case "|", ">": return literal(text, above: indent).map { .string($0) }
    case "\"", "'":
      var text = text
      let last = at + Self.longestScalar
      while endOfQuoted(text) == nil {
        guard at < min(lines.count, last) else { return nil }
        // A line end is a space, an empty line a line end.
        let isEscaped = text.first == "\"" && text.reversed().prefix { $0 == "\\" }.count % 2 == 1
        text = isEscaped ? text.dropLast() + lines[at].text : folded(text, lines[at].text)
        at += 1
      }
      return unquoted(text).map { .string($0) }
    case "{", "[": return try? JSONValue(parsing: String(text))
    default:
      var text = text
      let last = at + Self.longestScalar
      while at < lines.count, lines[at].indent > indent, !lines[at].text.isEmpty {
        guard at < last else { return nil }
        text = folded(text, lines[at].text)
        at += 1
      }
      return plain(text)
    }
  }

  private func folded(_ text: Substring, _ next: Substring) -> Substring {
    next.isEmpty ? text + "\n" : text.hasSuffix("\n") ? text + next : text + " " + next
  }

  /// `|` and `>`, with `-` or `+`.
  private mutating func literal(_ header: Substring, above indent: Int) -> String? {
    var found: [(indent: Int, text: Substring)] = []
    while at < lines.count, lines[at].text.isEmpty || lines[at].indent > indent {
      found.append((lines[at].indent, lines[at].text))
      at += 1
    }
    let least =
      header.compactMap(\.wholeNumberValue).first.map { indent + $0 }
      ?? found.first { !$0.text.isEmpty }?.indent ?? 0
    while found.last?.text.isEmpty == true, !header.contains("+") { found.removeLast() }
    let rows = found.map { String(repeating: " ", count: max(0, $0.indent - least)) + $0.text }
    let text = rows.joined(separator: header.hasPrefix(">") ? " " : "\n")
    return header.contains("-") || rows.isEmpty ? text : text + "\n"
  }

  // MARK: Words

  /// The key that the line begins with, and what stands behind its colon.
  private func key(of text: Substring) -> (name: String, rest: Substring)? {
    let end: Substring.Index
    let name: String?
    if text.first == "\"" || text.first == "'" {
      guard let close = endOfQuoted(text) else { return nil }
      end = text.index(after: close)
      name = unquoted(text[..<end])
    } else {
      guard let colon = colon(in: text) else { return nil }
      end = colon
      name = String(text[..<colon])
    }
    guard let name, end < text.endIndex, text[end] == ":" else { return nil }
    let rest = text[text.index(after: end)...]
    guard rest.isEmpty || rest.first == " " else { return nil }
    return (name, rest.drop { $0 == " " })
  }

  /// The colon that ends a plain key: a space or nothing is behind it.
  private func colon(in text: Substring) -> Substring.Index? {
    guard let first = text.first, !"{[|>&*!%@`#,?".contains(first) else { return nil }
    var at = text.startIndex
    while let colon = text[at...].firstIndex(of: ":") {
      let next = text.index(after: colon)
      if next == text.endIndex || text[next] == " " { return colon }
      at = next
    }
    return nil
  }

  /// The quote that closes the one at the start.
  private func endOfQuoted(_ text: Substring) -> Substring.Index? {
    guard let quote = text.first else { return nil }
    var at = text.index(after: text.startIndex)
    while at < text.endIndex {
      let next = text.index(after: at)
      if text[at] == "\\", quote == "\"" {
        at = next < text.endIndex ? text.index(after: next) : next
        continue
      }
      if text[at] == quote {
        guard quote == "'", next < text.endIndex, text[next] == "'" else { return at }
        at = text.index(after: next)
        continue
      }
      at = next
    }
    return nil
  }

  private func unquoted(_ text: Substring) -> String? {
    guard let close = endOfQuoted(text) else { return nil }
    let inner = text[text.index(after: text.startIndex)..<close]
    if text.first == "'" { return String(inner.replacing("''", with: "'")) }
    // JSON's escapes, and those of YAML that tools write.
    var json = "\""
    var isEscape = false
    for character in inner.unicodeScalars {
      switch (isEscape, character) {
      case (false, "\\"): isEscape = true
      case (false, _):
        json.unicodeScalars.append(character)
      case (true, "\""), (true, "\\"), (true, "/"), (true, "b"), (true, "f"), (true, "n"), (true, "r"), (true, "t"),
        (true, "u"):
        json += "\\" + String(character)
        isEscape = false
      case (true, "x"):
        json += "\\u00"
        isEscape = false
      case (true, "0"), (true, "a"), (true, "e"), (true, "v"):
        json += ["0": "\\u0000", "a": "\\u0007", "e": "\\u001b", "v": "\\u000b"][String(character)] ?? ""
        isEscape = false
      default:
        json.unicodeScalars.append(character)
        isEscape = false
      }
    }
    json = json.replacing("\n", with: "\\n").replacing("\t", with: "\\t")
    return (try? JSONValue(parsing: json + "\""))?.string
  }

  private func plain(_ text: Substring) -> JSONValue {
    // ` #` begins a comment.
    var text = text.firstRange(of: " #").map { text[..<$0.lowerBound] } ?? text
    while text.last == " " { text = text.dropLast() }
    switch text {
    case "null", "~", "": return .null
    case "true": return .bool(true)
    case "false": return .bool(false)
    default:
      if let number = try? JSONValue(parsing: String(text)), case .number = number { return number }
      return .string(String(text))
    }
  }
}
