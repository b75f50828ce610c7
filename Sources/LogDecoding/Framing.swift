/// How records stand in a text.
public enum Framing: Hashable, Sendable {
  /// One value a line: the text may be cut into stretches at any line end, and these be decoded side by side.
  case lines
  /// An array or EventList over many lines, pretty-printed objects, objects glued together: from front to back only.
  case stream
}

extension RecordDecoder {
  /// Tells from the first bytes, up to 64 KiB or a whole line: what the first line with a bracket does decides.
  public static func framing(of head: UnsafeRawBufferPointer) -> Framing {
    var at = 0
    while at < head.count {
      let newline = head.first(Ascii.newline, from: at)
      let line = head.trimmed(at..<(newline ?? head.count))
      at = newline.map { $0 + 1 } ?? head.count
      guard let first = head.part(line).first, first == Ascii.openBrace || first == Ascii.openBracket else { continue }
      var splitter = RecordSplitter()
      let bytes = head.part(line)
      // A text in brackets is no array.
      if first == Ascii.openBracket, case .junk(let junk) = splitter.next(in: bytes, from: 0, isLast: true),
        junk.lowerBound == 0
      {
        continue
      }
      let end = ending(of: bytes)
      let ending = first == Ascii.openBracket && end == .insideOneRecord ? .further : end
      guard let newline else {
        // The line goes on: one long record, unless something else than its end was seen.
        return ending == .insideOneRecord || ending == .closed ? .lines : .stream
      }
      if ending == .closed { return .lines }
      // Open at the end of its line: cut off, or going on further in.
      let next = head.part(head.trimmed((newline + 1)..<head.count)).first
      let startsAtMargin = newline + 1 < head.count && head[newline + 1] == Ascii.openBrace
      if ending == .insideOneRecord, startsAtMargin || next == nil { return .lines }
      return .stream
    }
    return .lines
  }

  private enum Ending {
    case closed
    case insideOneRecord
    /// In a list, or behind the first of several records.
    case further
  }

  /// Where a line's end stands.
  private static func ending(of line: UnsafeRawBufferPointer) -> Ending {
    var splitter = RecordSplitter()
    var at = 0
    var records = 0
    while true {
      switch splitter.next(in: line, from: at, isLast: false) {
      case .record(let range), .tooLong(let range):
        records += 1
        at = range.upperBound
      case .junk(let range): at = range.upperBound
      case .wait(let place):
        if splitter.isInList { return .further }
        if place == line.count { return .closed }
        return records == 0 ? .insideOneRecord : .further
      }
    }
  }
}
