/// How records stand in a text.
public enum Framing: Hashable, Sendable {
  /// One value a line: the text may be cut into stretches at any line end, and these be decoded side by side.
  case lines
  /// One value a line, but a record may go on in another line, as in the logs of containers: from front to back only.
  case linesInOrder
  /// Rows under a head that names their columns: from front to back only.
  case table
  /// YAML documents, each over many lines: from front to back only.
  case documents
  /// Records of text over several lines, as `calico-node` prints flows, among lines: from front to back only.
  case blocks
  /// An array or EventList over many lines, pretty-printed objects, objects glued together: from front to back only.
  case stream
}

extension RecordDecoder {
  /// Tells from the first bytes, up to 64 KiB or a whole line: what the first line with a record does decides, and a
  /// later one that opens a value which goes on further in.
  public static func framing(of head: UnsafeRawBufferPointer) -> Framing {
    var at = 0
    var isInOrder = false
    let start = head.trimmed(0..<head.count).lowerBound
    let top = start..<(head.first(Ascii.newline, from: start) ?? head.count)
    if !top.isEmpty, TableHeader(head.part(head.trimmed(top))) != nil { return .table }
    if isDocuments(head) { return .documents }
    while at < head.count {
      let newline = head.first(Ascii.newline, from: at)
      let whole = head.trimmed(at..<(newline ?? head.count))
      at = newline.map { $0 + 1 } ?? head.count
      guard !whole.isEmpty else { continue }
      if startsBlock(head.part(whole)) { return .blocks }
      let line = behindPrefix(head, whole, &isInOrder)
      guard let first = head.part(line).first, first == Ascii.openBrace || first == Ascii.openBracket else { continue }
      let bytes = head.part(line)
      if isTextInBrackets(bytes) { continue }
      // What writes parts writes lines, whatever this one looks like.
      if isInOrder || mayHoldPart(bytes) { return .linesInOrder }
      let end = ending(of: bytes)
      let ending = first == Ascii.openBracket && end == .insideOneRecord ? .further : end
      guard let newline else {
        // The line goes on: one long record, unless something else than its end was seen.
        return ending == .insideOneRecord || ending == .closed ? .lines : .stream
      }
      if ending == .closed { return opensFurtherIn(head, from: at) ? .stream : .lines }
      // Open at the end of its line: cut off, or going on further in.
      let next = head.trimmed((newline + 1)..<head.count)
      let startsAtMargin = newline + 1 < head.count && head[newline + 1] == Ascii.openBrace
      let startsAnew = startsAtMargin || next.isEmpty || line != whole && LinePrefix.match(head.part(next)) != nil
      return ending == .insideOneRecord && startsAnew ? .lines : .stream
    }
    return isInOrder ? .linesInOrder : .lines
  }

  /// The line without what stands in front of its record.
  private static func behindPrefix(
    _ head: UnsafeRawBufferPointer, _ line: Range<Int>, _ isInOrder: inout Bool
  ) -> Range<Int> {
    let bytes = head.part(line)
    guard bytes[0] != Ascii.openBrace, bytes[0] != Ascii.openBracket else { return line }
    if LogFormat.legacyAudit.takes(text: bytes), legacyPart(bytes) != nil { isInOrder = true }
    guard let match = LinePrefix.match(bytes) else { return line }
    if match.part != nil { isInOrder = true }
    let payload = bytes.trimmed(match.payload)
    return (line.lowerBound + payload.lowerBound)..<(line.lowerBound + payload.upperBound)
  }

  /// Whether the line may be a part of a record: docker's file driver cuts at 16 KiB.
  static func isContainerLine(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let starts: [StaticString] = [#"{"log":""#, #"{"stream":""#, #"{"time":""#, #"{"date":"#, #"{"@timestamp":""#]
    return starts.contains { bytes.starts(with: $0) } && bytes.contains(#""log":""#)
      && bytes.contains(#""stream":"std"#)
  }

  /// Whether what a wrapper on the line holds may be a part of a record, or the line itself.
  static func mayHoldPart(_ line: UnsafeRawBufferPointer) -> Bool {
    if isContainerLine(line) { return true }
    let marks: [StaticString] = [
      " stdout P ", " stdout F ", " stderr P ", " stderr F ", #"\"stream\":\"std"#,
    ]
    return marks.contains { line.contains($0) }
  }

  /// Whether a line opens a value that goes on in the next, as pretty-printers write: they break lines only behind
  /// brackets and commas. A record that was cut off does not look so, but for where it was cut by chance.
  private static func opensFurtherIn(_ head: UnsafeRawBufferPointer, from start: Int) -> Bool {
    var at = start
    while let newline = head.first(Ascii.newline, from: at) {
      let line = head.part(head.trimmed(at..<newline))
      at = newline + 1
      guard let first = line.first, first == Ascii.openBrace || first == Ascii.openBracket, let last = line.last,
        last == Ascii.openBrace || last == Ascii.openBracket || last == Ascii.comma
      else { continue }
      let next = head.part(head.trimmed(at..<head.count))
      guard at < head.count, head[at] != Ascii.openBrace, let byte = next.first,
        byte == Ascii.quote || byte == Ascii.openBrace || byte == Ascii.openBracket
      else { continue }
      if !isTextInBrackets(line), ending(of: line) != .closed { return true }
    }
    return false
  }

  /// `[INFO] started` is no array.
  private static func isTextInBrackets(_ line: UnsafeRawBufferPointer) -> Bool {
    guard line.first == Ascii.openBracket else { return false }
    var splitter = RecordSplitter()
    if case .junk(let junk) = splitter.next(in: line, from: 0, isLast: true) { return junk.lowerBound == 0 }
    return false
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
