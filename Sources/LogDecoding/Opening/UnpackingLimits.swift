/// How much may come out of how little: packed data can be made to grow without end.
///
/// A log packs 10 to 100 times, zeros a thousand times and more. What is over a limit is told, and what was read until
/// then stays.
public struct UnpackingLimits: Hashable, Sendable {
  /// Bytes of text for each packed byte.
  public var ratio: Int64 = 250
  /// Below so many bytes of text the ratio is not looked at.
  var harmless: Int64 = 64 << 20
  /// Bytes of text of one file, or of one file in an archive.
  var total: Int64 = 1 << 40
  /// Files in an archive, with those of the archives in it.
  var members = 100_000
  /// Archives in archives: with 1 none in another.
  public var depth = 3

  public init() {}

  public init(ratio: Int64, harmless: Int64, total: Int64, members: Int = 100_000) {
    (self.ratio, self.harmless, self.total, self.members) = (ratio, harmless, total, members)
  }

  /// - Parameter ratio: as `ratio`; 0 for no limit, which lifts those of size and number too.
  public init(ratio: Int64) {
    self.ratio = ratio == 0 ? .max : ratio
    guard ratio == 0 else { return }
    total = .max
    members = .max
  }

  /// Why this much text is too much of so many packed bytes; nil where it is not.
  func refusal(text: Int64, packed: Int64) -> String? {
    if text > harmless, text / max(1, packed) >= ratio {
      return "it unpacks to more than \(ratio) times its size (--unpack-ratio allows more)"
    }
    return text > total ? "it unpacks to more than \(total >> 30) GiB (--unpack-ratio 0 allows more)" : nil
  }
}
