import Synchronization

/// The distinct values of a column, by their codes.
protocol ColumnDictionary: RandomAccessCollection where Index == Int {
  /// All of them, for who goes through them.
  var all: [Element] { get }
}

extension Array: ColumnDictionary {
  var all: [Element] { self }
}

/// Texts as a chunk holds them, made when they are asked for: a look at one act makes a handful of thousands.
final class TextDictionary: ColumnDictionary, Sendable {
  private let bytes: [UInt8]
  /// Where each text ends in `bytes`.
  private let ends: [UInt32]
  private let made: Mutex<[String]?>

  init(_ texts: [String]) {
    bytes = []
    ends = texts.map { _ in 0 }
    made = Mutex(texts)
  }

  var startIndex: Int { 0 }
  var endIndex: Int { ends.count }

  subscript(position: Int) -> String {
    precondition(ends.indices.contains(position), "a code has an entry")
    if bytes.isEmpty { return all[position] }
    let start = position == 0 ? 0 : Int(ends[position - 1])
    return bytes.withUnsafeBufferPointer {
      String(decoding: UnsafeBufferPointer(rebasing: $0[start..<Int(ends[position])]), as: UTF8.self)
    }
  }

  /// Made once and kept.
  var all: [String] {
    if let known = made.withLock({ $0 }) { return known }
    let texts = indices.map { self[$0] }
    made.withLock { $0 = texts }
    return texts
  }

  func write(to out: inout ByteWriter) {
    out.put(UInt32(count))
    for text in all { out.put(UInt32(text.utf8.count)) }
    for text in all { out.put(text: text) }
  }

  init(from reader: inout ByteReader) throws(StoreError) {
    let count = Int(try reader.number(UInt32.self))
    var ends = try reader.array(UInt32.self, count: count)
    var end: UInt32 = 0
    for index in ends.indices {
      let (sum, isTooLong) = end.addingReportingOverflow(ends[index])
      guard !isTooLong else { throw .corrupt(reason: "a column of too much text") }
      end = sum
      ends[index] = sum
    }
    self.ends = ends
    bytes = try reader.array(UInt8.self, count: Int(end))
    // Nothing but empty texts: there are no bytes to make them from.
    made = Mutex(bytes.isEmpty ? [String](repeating: "", count: count) : nil)
  }
}
