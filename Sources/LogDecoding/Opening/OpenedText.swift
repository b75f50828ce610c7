/// The text in some bytes, out of what it is packed in: told by the bytes alone.
struct OpenedText {
  /// The bytes unpacked, as UTF-8 unless they are an archive's.
  var stage: any ByteStage
  var compression: Compression
  var encoding: TextEncoding
  /// The bytes are files put together, and no text.
  var archive: ArchiveKind?

  /// How many bytes are looked at.
  static let headLength = ArchiveKind.headLength

  /// What is packed more often than this stays packed.
  private static let mostLayers = 8

  /// Text that was packed again is unpacked as often: `compression` is the outermost.
  /// - Parameters:
  ///   - path: for messages.
  ///   - peek: the first bytes of the stage, as many as are asked for unless there are fewer.
  init(_ stage: any ByteStage, path: String, limits: UnpackingLimits, peek: (Int) -> [UInt8]) {
    self.stage = stage
    var head = peek(Self.headLength)
    compression = Compression(magic: head)
    if compression == .none { archive = ArchiveKind(peek) }
    var layer = compression
    for _ in 0..<Self.mostLayers where layer != .none {
      let packed = self.stage
      let unpacked: any ByteStage =
        layer == .gzip
        ? Gunzipping(path: path, over: packed, limits: limits) : Decompressor(path: path, over: packed, limits: limits)
      let text = PeekedStage(unpacked)
      head = text.peek(Self.headLength)
      self.stage = text
      archive = ArchiveKind(text.peek)
      layer = archive == nil ? Compression(magic: head) : .none
    }
    encoding = archive == nil ? TextEncoding(mark: head) : .utf8
    if encoding != .utf8 {
      self.stage = UTF16Stage(self.stage, isBigEndian: encoding == .utf16BigEndian)
    }
  }

  /// Whether a text that begins so is read as it stands.
  static func isPlain(_ head: [UInt8]) -> Bool {
    Compression(magic: head) == .none && ArchiveKind(head: head) == nil && TextEncoding(mark: head) == .utf8
  }
}
