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

  /// - Parameters:
  ///   - path: for messages.
  ///   - peek: the first bytes of the stage, as many as are asked for unless there are fewer.
  init(_ stage: any ByteStage, path: String, limits: UnpackingLimits, peek: (Int) -> [UInt8]) {
    self.stage = stage
    var head = peek(Self.headLength)
    compression = Compression(magic: head)
    if compression == .none {
      archive = ArchiveKind(peek)
    } else {
      let unpacked: any ByteStage =
        compression == .gzip
        ? Gunzipping(path: path, over: stage, limits: limits) : Decompressor(path: path, over: stage, limits: limits)
      let text = PeekedStage(unpacked)
      head = text.peek(Self.headLength)
      self.stage = text
      archive = ArchiveKind(text.peek)
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
