/// A file in which no format takes anything.
public struct UnrecognisedSource: Hashable, Sendable {
  public var path: String
  /// `not JSON: text where a record is expected`
  public var looksLike: String
  /// How its text begins, at most 80 bytes.
  public var start: String
  /// Each format, and what a record of it would have had: `kubernetes-audit: kind Event of audit.k8s.io`. Nearest first.
  public var refusals: [String]

  public init(path: String, looksLike: String, start: String, refusals: [String]) {
    self.path = path
    self.looksLike = looksLike
    self.start = start
    self.refusals = refusals
  }

  /// Formats, those first of which most names stand in the text; else in the order in which they come.
  /// - Parameters:
  ///   - formats: names of formats, and what their records have: `auditID with verb, stage or requestURI`.
  ///   - head: the first bytes of the text.
  public static func nearestFirst(
    _ formats: [(format: String, needs: String)], to head: [UInt8]
  ) -> [(format: String, needs: String)] {
    let names = names(in: head)
    let scores = formats.map { format in
      Set(format.needs.split { !isOfName($0) }.map(String.init)).intersection(names).count
    }
    return formats.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }.map { formats[$0] }
  }

  /// Whether the first bytes are none of a text. Texts in UTF-16 have been translated before.
  public static func isBinary(_ head: [UInt8]) -> Bool { head.contains(0) }

  /// What may be the names of fields: words before a quotation mark, `=` or `:`.
  private static func names(in text: [UInt8]) -> Set<String> {
    var names: Set<String> = []
    var start: Int?
    for (index, byte) in text.enumerated() {
      if byte < 0x80, isOfName(Character(UnicodeScalar(byte))) {
        start = start ?? index
        continue
      }
      if let start, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "=") || byte == UInt8(ascii: ":") {
        names.insert(String(decoding: text[start..<index], as: UTF8.self))
      }
      start = nil
    }
    return names
  }

  private static func isOfName(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_"
  }
}
