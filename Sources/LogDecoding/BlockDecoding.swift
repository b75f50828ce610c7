/// Records of text over several lines: the first begins with a mark, the others stand further in.
extension RecordDecoder {
  /// Whether a line is the first of such a record.
  static func startsBlock(_ line: UnsafeRawBufferPointer) -> Bool { line.starts(with: "- Time=") }

  func decodeBlocks(_ call: inout DecodingCall, isLast: Bool) -> Int {
    let bytes = call.bytes
    var at = 0
    while at < bytes.count {
      let newline = bytes.first(Ascii.newline, from: at)
      var end = newline.map { $0 + 1 } ?? bytes.count
      let isBlock = Self.startsBlock(bytes.part(bytes.trimmed(at..<end)))
      // The next line tells that the record has no more.
      var isWhole = newline != nil
      if isBlock, let newline {
        (end, isWhole) = endOfBlock(bytes, from: newline + 1)
      }
      if !isWhole, !isLast {
        guard bytes.count - at > longestRecord else { return at }
        call.reject(at..<bytes.count, tooLong)
        return bytes.count
      }
      let range = bytes.trimmed(at..<end)
      if !range.isEmpty {
        if isBlock {
          decodeText(&call, in: bytes, range, origin: Origin(), isCut: false)
          if !isWhole { leaveUnfinished(call, from: range.lowerBound) }
        } else {
          decode(&call, in: bytes, range, origin: Origin(), isCut: newline == nil)
          if newline == nil { leaveUnlessWhole(call, range) }
        }
      }
      at = end
    }
    return at
  }

  /// Where the first line at or behind `start` begins that is neither blank nor further in; the end of the text, and
  /// false, where there is none.
  private func endOfBlock(_ bytes: UnsafeRawBufferPointer, from start: Int) -> (end: Int, isWhole: Bool) {
    var at = start
    while at < bytes.count {
      guard bytes[at] == 0x20 || bytes[at] == Ascii.newline || bytes[at] == 0x0D else { return (at, true) }
      guard let newline = bytes.first(Ascii.newline, from: at) else { break }
      at = newline + 1
    }
    return (bytes.count, false)
  }
}
