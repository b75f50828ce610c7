/// How a source is packed, decided by its first bytes and never by its name.
public enum Compression: String, CaseIterable, Hashable, Sendable {
  case none, gzip, zstd, xz, bzip2

  /// How many bytes `init(magic:)` needs to see.
  static let magicLength = 6

  /// `none` where the bytes are those of no packer.
  init(magic bytes: some Sequence<UInt8>) {
    let head = Array(bytes.prefix(Compression.magicLength))
    self = Compression.magics.first { head.starts(with: $0.bytes) }?.compression ?? .none
  }

  private static let magics: [(bytes: [UInt8], compression: Compression)] = [
    ([0x1F, 0x8B], .gzip),
    ([0x28, 0xB5, 0x2F, 0xFD], .zstd),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], .xz),
    (Array("BZh".utf8), .bzip2),
  ]
}
