import AuditModel

/// One call's input and what comes of it.
struct DecodingCall {
  let bytes: UnsafeRawBufferPointer
  var batch: EventBatch
  /// Which row of `LogFormat.all` took each record of the batch.
  private(set) var rows: [Int] = []
  /// The line of the byte at `counted`.
  var line = 1
  var counted = 0
  /// Records that began and go on in lines to come.
  private var open: [Joint: OpenRecord] = [:]
  /// From where on to the end of which records of several parts have to be given again together.
  private var spans: [Range<Int>] = []
  /// Where the line, or in a stream the piece, begins that is decoded.
  var unit = 0
  /// In what lists the pieces of a stream stood behind which a record goes on, by where they begin.
  var splitters: [Int: RecordSplitter] = [:]
  /// Told of each record: the bytes that its content key is of, and the JSON text that was decoded.
  var observer:
    ((_ own: UnsafeRawBufferPointer, _ decoded: UnsafeRawBufferPointer, _ contentID: ContentID, _ isCut: Bool) -> Void)?

  init(bytes: UnsafeRawBufferPointer, offset: Int64) {
    self.bytes = bytes
    batch = EventBatch(offset: offset, byteCount: 0, lineCount: 0)
  }

  mutating func countLines(to place: Int) {
    guard place > counted else { return }
    line += bytes.occurrences(of: Ascii.newline, in: counted..<place)
    counted = place
  }

  /// - Parameter isWrapped: the record is only a part of what stands at the place.
  mutating func append(
    _ record: consuming LogRecord, row: Int, at place: Range<Int>, line known: Int?, isWrapped: Bool
  ) {
    if known == nil { countLines(to: place.lowerBound) }
    record.position = RecordPosition(
      line: known ?? line, offset: batch.offset + Int64(place.lowerBound), length: place.count, isWrapped: isWrapped)
    batch.records.append(consume record)
    rows.append(row)
  }

  mutating func reject(_ range: Range<Int>, _ reason: String, line known: Int? = nil) {
    if known == nil { countLines(to: range.lowerBound) }
    batch.rejects.append(
      Reject(line: known ?? line, offset: batch.offset + Int64(range.lowerBound), length: range.count, reason: reason))
  }

  /// Makes a reject of each record, from one of the batch on, that its place alone does not tell.
  mutating func rejectUnreadable(from first: Int) {
    for index in batch.records.indices.reversed() where index >= first {
      let record = batch.records[index]
      let start = Int(record.position.offset - batch.offset)
      let outer = Array(bytes[start..<(start + record.position.length)])
      guard payload(of: outer, contentID: record.contentID) == nil else { continue }
      batch.records.remove(at: index)
      rows.remove(at: index)
      reject(
        start..<(start + record.position.length), "parts of a record between parts of others",
        line: record.position.line)
    }
  }

  // MARK: Records of several lines

  /// What is there of a record that goes on.
  struct OpenRecord {
    var text: [UInt8]
    /// From the first byte of its first part to the last of its latest.
    var place: Range<Int>
    var line: Int
    var transport: Transport
    /// Wrappers that were opened around it.
    var depth: Int
    /// Where the line or piece begins in which it does.
    var unit: Int
    /// How far the object has come that its text is; nil for other text.
    var extent: ObjectExtent?
  }

  var hasOpenRecords: Bool { !open.isEmpty }

  /// Adds a part to its record. The record, when it is whole now.
  mutating func join(
    _ part: JointPart, _ text: some Collection<UInt8>, at place: Range<Int>, line known: Int?, _ transport: Transport,
    depth: Int
  ) -> OpenRecord? {
    var record: OpenRecord
    if let begun = open.removeValue(forKey: part.joint) {
      record = begun
      record.extent?.take(text)
    } else {
      if known == nil { countLines(to: place.lowerBound) }
      record = OpenRecord(
        text: [], place: place, line: known ?? line, transport: transport, depth: depth, unit: unit)
      if part.isToldByText { record.extent = ObjectExtent(text) }
    }
    record.text += text
    record.place = record.place.lowerBound..<max(record.place.upperBound, place.upperBound)
    if part.isOpen {
      open[part.joint] = record
      return nil
    }
    if record.place != place { spans.append(record.unit..<record.place.upperBound) }
    return record
  }

  func isOpen(_ joint: Joint) -> Bool { open[joint] != nil }
  func extent(of joint: Joint) -> ObjectExtent? { open[joint]?.extent }
  /// Whether a record goes on that began in what is decoded now.
  var isOpenSinceUnit: Bool { open.values.contains { $0.unit == unit } }

  /// Where what is to be given again begins for the sake of the first record that is still open, or of one before it
  /// that is whole and ended behind that place.
  var startOfOpenRecords: Int? {
    guard var start = open.values.map(\.unit).min() else { return nil }
    while let span = spans.first(where: { $0.lowerBound < start && $0.upperBound > start }) { start = span.lowerBound }
    return start
  }

  /// Takes out what is open, in the order of the text: all, or what began more than `length` bytes before a place.
  mutating func giveUp(before place: Int = .max, length: (Joint.Kind) -> Int = { _ in 0 }) -> [OpenRecord] {
    guard !open.isEmpty else { return [] }
    let late = open.filter { place == .max || place - $0.value.place.lowerBound > length($0.key.kind) }
    for joint in late.keys { open[joint] = nil }
    spans += late.values.map { $0.unit..<$0.place.upperBound }
    return late.values.sorted { $0.place.lowerBound < $1.place.lowerBound }
  }

  /// Takes out one that is open.
  mutating func giveUp(_ joint: Joint) -> OpenRecord? {
    guard let record = open.removeValue(forKey: joint) else { return nil }
    spans.append(record.unit..<record.place.upperBound)
    return record
  }

  /// Forgets all that stands at or behind the first record that is still open: it will be given again. What was used
  /// up to a place, is used up to the returned one only.
  mutating func holdBack(from end: Int) -> Int {
    guard let cut = startOfOpenRecords else { return end }
    let limit = batch.offset + Int64(cut)
    let kept = batch.records.indices.filter { batch.records[$0].position.offset < limit }
    rows = kept.map { rows[$0] }
    batch.records = kept.map { batch.records[$0] }
    batch.rejects.removeAll { $0.offset >= limit }
    (line, counted) = (1, 0)
    return cut
  }

  /// Puts what was found in the order of the text, where records of several lines have upset it.
  mutating func sort() {
    guard !spans.isEmpty else { return }
    let order = batch.records.indices.sorted {
      (batch.records[$0].position.offset, $0) < (batch.records[$1].position.offset, $1)
    }
    rows = order.map { rows[$0] }
    batch.records = order.map { batch.records[$0] }
    let rejects = batch.rejects.indices.sorted { (batch.rejects[$0].offset, $0) < (batch.rejects[$1].offset, $1) }
    batch.rejects = rejects.map { batch.rejects[$0] }
  }
}
