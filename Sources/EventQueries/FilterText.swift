import AuditModel

extension FilterText {
  /// The columns that rows show, then the records themselves.
  static let columns: [EventColumn] = [
    .name, .namespace, .by, .asUser, .kind, .resource, .verb, .agent, .reason, .ips, .groups, .subresource, .tier,
    .apiGroup, .uid, .auditID, .cluster, .srcNamespace, .srcName, .srcIP, .dstNamespace, .dstName, .dstIP, .domains,
    .clientNamespace, .clientName, .clientIP, .qname, .qtype, .rcode, .answers, .action, .proto, .message,
  ]

  var test: FilterTest {
    let text: TextTest
    let raw: RawTextTest
    switch self {
    case .phrase(let phrase):
      text = .part(Glob(literal: phrase))
      raw = RawTextTest(search: .phrase(phrase))
    case .pattern(let pattern, let regex):
      text = .part(Glob(pattern: pattern))
      raw = RawTextTest(search: .regex(regex))
    case .regex(let regex):
      text = .regex(regex)
      raw = RawTextTest(search: .regex(regex))
    }
    return .any(Self.columns.map { .column($0, .text(text)) } + [.rawText(raw)])
  }

  /// In a record, a `*` goes no further than the string that it is in; else `a*b` would fit almost any record.
  static func pattern(_ pattern: String) throws(FilterRegex.Problem) -> FilterText {
    var out = ""
    for scalar in pattern.unicodeScalars {
      switch scalar {
      case "*": out += "[^\"]*"
      case "?": out += "[^\"]"
      case "a"..."z", "A"..."Z", "0"..."9": out.unicodeScalars.append(scalar)
      case _ where scalar.isASCII: out += "\\x{" + String(scalar.value, radix: 16) + "}"
      default: out.unicodeScalars.append(scalar)
      }
    }
    do throws(FilterRegex.Problem) {
      return .pattern(pattern, withinString: try FilterRegex(out, ignoresCase: true))
    } catch {
      throw FilterRegex.Problem(message: "too long for a search with * or ?", offset: 0)
    }
  }
}

/// A search in the bytes of an act's records, as they stand and with JSON's escapes undone.
struct RawTextTest: Hashable, Sendable {
  enum Search: Hashable, Sendable {
    /// Without regard to case.
    case phrase(String)
    case regex(FilterRegex)
  }
  var search: Search

  var payload: PayloadTest {
    let finder: ByteFinder? = if case .phrase(let phrase) = search { ByteFinder(phrase) } else { nil }
    return PayloadTest(needles: finder?.needles ?? [], readsOnlyRecords: true) { detail in
      detail.records.contains { record in
        record.bytes.withUnsafeBufferPointer { bytes in
          if matches(bytes, finder) { return true }
          guard bytes.contains(UInt8(ascii: "\\")) else { return false }
          return Self.unescaped(bytes).withUnsafeBufferPointer { matches($0, finder) }
        }
      }
    }
  }

  private func matches(_ bytes: UnsafeBufferPointer<UInt8>, _ finder: ByteFinder?) -> Bool {
    switch search {
    case .phrase: finder?.occurs(in: bytes) ?? false
    case .regex(let regex): regex.matches(bytes)
    }
  }

  /// The bytes with `\"`, `\n`, `\u0041` and the like replaced by what they mean; what is no escape stays.
  static func unescaped(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    func unit(_ index: Int) -> UInt32? {
      guard index + 6 <= bytes.count, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u")
      else { return nil }
      return UInt32(String(decoding: bytes[(index + 2)..<(index + 6)], as: UTF8.self), radix: 16)
    }
    var index = 0
    while index < bytes.count {
      guard bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count else {
        out.append(bytes[index])
        index += 1
        continue
      }
      if let first = unit(index) {
        index += 6
        var value = first
        if (0xD800..<0xDC00).contains(first), let second = unit(index), (0xDC00..<0xE000).contains(second) {
          value = 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
          index += 6
        }
        out.append(contentsOf: String(Unicode.Scalar(value) ?? "\u{FFFD}").utf8)
        continue
      }
      let mapped: [UInt8: UInt8] = [
        UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9, UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12,
      ]
      out.append(mapped[bytes[index + 1]] ?? bytes[index + 1])
      index += 2
    }
    return out
  }
}

/// Looks for a text in bytes without regard to the case of ASCII letters; other letters are looked for as written, in
/// small and in capital letters.
struct ByteFinder: Sendable {
  /// With ASCII letters small.
  private var forms: [[UInt8]]

  init(_ text: String) {
    var forms: [[UInt8]] = []
    for form in [text, text.lowercased(), text.uppercased()] {
      let bytes = form.utf8.map(Self.folded)
      if !forms.contains(bytes) { forms.append(bytes) }
    }
    self.forms = forms
  }

  /// Of each form a run of the text that has no other spelling in JSON but by `\u`: worth looking for before anything
  /// else.
  var needles: [[UInt8]] {
    var needles = [Array("\\u".utf8)]
    for form in forms {
      let runs = form.split { $0 < 0x20 || $0 == 0x7F || "\"\\/".utf8.contains($0) }
      guard let longest = runs.max(by: { $0.count < $1.count }), longest.count >= 2 else { return [] }
      needles.append(Array(longest))
    }
    return needles
  }

  func occurs(in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    forms.contains { form in
      guard let first = form.first, form.count <= bytes.count else { return form.isEmpty }
      let other = (97...122).contains(first) ? first - 32 : first
      return form.withUnsafeBufferPointer { form in
        var index = 0
        let last = bytes.count - form.count
        while index <= last {
          if bytes[index] == first || bytes[index] == other {
            var offset = 1
            while offset < form.count, Self.folded(bytes[index + offset]) == form[offset] { offset += 1 }
            if offset == form.count { return true }
          }
          index += 1
        }
        return false
      }
    }
  }

  @inline(__always) private static func folded(_ byte: UInt8) -> UInt8 {
    (65...90).contains(byte) ? byte | 32 : byte
  }
}
