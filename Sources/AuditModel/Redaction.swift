/// Replaces secrets by `<redacted 24 bytes #a91f>`: the one function below every output that carries log text.
///
/// It works on the bytes of a record, before anything is read from them, so that screens, manifests, diffs, exports
/// and the clipboard all see the same. Equal secrets get equal marks within one run of the program and different ones
/// in the next: a diff still tells that a value changed, and nobody can look the mark up.
public struct Redactor: Sendable {
  public enum Mode: String, CaseIterable, Sendable {
    case on, off
    /// Also every ConfigMap value, environment value, annotation and all that `user.extra` holds.
    case strict
  }
  public var mode: Mode

  public init(mode: Mode = .on) { self.mode = mode }

  /// A record with its secrets replaced; all other bytes stay as they are. What is no JSON comes back unchanged but
  /// for token-like words.
  /// - Parameter memory: of a record that this one may be like, and then of this one.
  public func redact(record bytes: [UInt8], memory: RecordMemory? = nil) -> [UInt8] {
    guard mode != .off else { return bytes }
    return bytes.withUnsafeBytes { buffer in
      let holdsSecrets = Self.concernsSecrets(buffer)
      guard let memory else {
        var walk = RedactionWalk(bytes: buffer, mode: mode, holdsSecrets: holdsSecrets)
        return walk.run()
      }
      let last = memory.redacted
      let isLike = last.mode == mode && last.holdsSecrets == holdsSecrets
      return last.text.withUnsafeBytes { text in
        let trail = RedactionTrail(like: isLike ? last.nodes : [], of: text)
        var walk = RedactionWalk(bytes: buffer, mode: mode, holdsSecrets: holdsSecrets, trail: trail)
        defer {
          memory.redacted = RedactionOutline(
            text: bytes, mode: mode, holdsSecrets: holdsSecrets, nodes: walk.trail?.nodes ?? [])
        }
        return walk.run()
      }
    } ?? bytes
  }

  /// A text that stands alone (an agent, a reason): token-like words and bearer material are replaced.
  public func redact(text: String) -> String {
    guard mode != .off, let replaced = TokenShapes.replacing(in: text) else { return text }
    return replaced
  }

  /// A request's URI without what would be replaced in it, the same in each run of the program: what an index may keep.
  public static func bare(uri: String) -> String { RedactionRules.bareURI(uri) ?? uri }

  /// What stands for a secret.
  public static func mark(for secret: String) -> String {
    // Swift seeds its hasher anew in each process: a salt that nobody keeps.
    var hasher = Hasher()
    hasher.combine(secret)
    let tag = String(UInt16(truncatingIfNeeded: hasher.finalize()), radix: 16)
    return "<redacted \(secret.utf8.count) bytes #" + String(repeating: "0", count: 4 - tag.count) + tag + ">"
  }

  /// Whether a mark, with what stands around it, may bring the bytes into a record that does not hold them: letters of
  /// either case are the same. Bare digits do not count: those of a mark say nothing of the log.
  public static func mayWrite(_ needle: [UInt8]) -> Bool {
    if needle.contains(where: { "<>#".utf8.contains($0) }) { return true }
    func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
    let words = needle.drop(while: isDigit).reversed().drop(while: isDigit).reversed()
    let word = String(decoding: words, as: UTF8.self).lowercased()
    return !word.isEmpty && ("redacted ".contains(word) || " bytes ".contains(word))
  }

  /// Whether `data` and `stringData` in the bodies are those of Secrets: told from the resource or any `kind`, of
  /// Cloud Logging's entries from the method, of Azure's tables from columns that hold JSON as text.
  private static func concernsSecrets(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var start = 0
    while let place = placeOfStem(in: bytes, from: start) {
      if signs.contains(where: { $0.stands(in: bytes, stemAt: place) }) { return true }
      start = place + 1
    }
    return false
  }

  /// A text by which a record shows that it is about Secrets; all hold `ecret`.
  private struct Sign {
    var text: StaticString
    /// How many bytes of it stand before `ecret`.
    var lead: Int
    /// The member whose value it has to be; nil where it may stand anywhere.
    var key: StaticString?

    func stands(in bytes: UnsafeRawBufferPointer, stemAt place: Int) -> Bool {
      let start = place - lead
      guard Redactor.stands(text, in: bytes, at: start) else { return false }
      guard let key else { return true }
      // White space may stand around the colon.
      var before = start - 1
      while before >= 0, bytes[before] <= 0x20 || bytes[before] == UInt8(ascii: ":") { before -= 1 }
      return Redactor.stands(key, in: bytes, at: before - key.utf8CodeUnitCount + 1)
    }
  }

  private static let signs = [
    Sign(text: "\"secrets\"", lead: 2, key: "\"resource\""), Sign(text: "\"Secret\"", lead: 2, key: "\"kind\""),
    Sign(text: "\"SecretList\"", lead: 2, key: "\"kind\""), Sign(text: ".v1.secrets.", lead: 5),
    Sign(text: "core.k8s.io/v1.Secret", lead: 16), Sign(text: #"\"secrets\""#, lead: 3),
    Sign(text: #"\"Secret\""#, lead: 3),
  ]

  private static func stands(_ text: StaticString, in bytes: UnsafeRawBufferPointer, at start: Int) -> Bool {
    let count = text.utf8CodeUnitCount
    return start >= 0 && start + count <= bytes.count
      && (0..<count).allSatisfy { bytes[start + $0] == text.utf8Start[$0] }
  }

  /// The first place of `ecret` at or behind `start`: most records have none, so 32 places are looked at together.
  private static func placeOfStem(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    let width = 5
    guard let base = bytes.baseAddress, bytes.count >= width else { return nil }
    let end = bytes.count - width + 1
    let second = SIMD32<UInt8>(repeating: UInt8(ascii: "c"))
    let third = SIMD32<UInt8>(repeating: UInt8(ascii: "r"))
    var at = start
    while at < end {
      if at + 32 + 2 <= bytes.count {
        let hits =
          ((base + at + 1).loadUnaligned(as: SIMD32<UInt8>.self) .== second)
          .& ((base + at + 2).loadUnaligned(as: SIMD32<UInt8>.self) .== third)
        if !any(hits) {
          at += 32
          continue
        }
      }
      let until = min(end, at + 32)
      while at < until {
        if bytes[at + 1] == UInt8(ascii: "c"), stands("ecret", in: bytes, at: at) { return at }
        at += 1
      }
    }
    return nil
  }
}
