/// One bit for each row of a segment. Bits past the last row are always 0.
struct Bitset: Sendable, Equatable {
  private(set) var words: [UInt64]
  let count: Int

  init(repeating value: Bool, count: Int) {
    self.count = count
    words = [UInt64](repeating: value ? .max : 0, count: (count + 63) / 64)
    if value { clearTail() }
  }

  private mutating func clearTail() {
    if count % 64 != 0, !words.isEmpty { words[words.count - 1] &= (1 << UInt64(count % 64)) - 1 }
  }

  /// Bits by a rule for each row.
  init(count: Int, _ holds: (Int) throws -> Bool) rethrows {
    self.count = count
    words = []
    words.reserveCapacity((count + 63) / 64)
    var row = 0
    while row < count {
      var word: UInt64 = 0
      let end = min(64, count - row)
      for bit in 0..<end where try holds(row + bit) { word |= 1 << UInt64(bit) }
      words.append(word)
      row += 64
    }
  }

  /// Bits of the rows whose value has a 1 in the table; `table` covers all values that occur.
  init<Number: UnsignedInteger & FixedWidthInteger>(_ values: [Number], table: [UInt8]) {
    count = values.count
    words = [UInt64](unsafeUninitializedCapacity: (values.count + 63) / 64) { out, filled in
      values.withUnsafeBufferPointer { values in
        table.withUnsafeBufferPointer { table in
          for index in 0..<((values.count + 63) / 64) {
            let start = index * 64
            var word: UInt64 = 0
            for bit in 0..<min(64, values.count - start) {
              word |= UInt64(table[Int(truncatingIfNeeded: values[start + bit])]) << UInt64(bit)
            }
            out.initializeElement(at: index, to: word)
          }
        }
      }
      filled = (values.count + 63) / 64
    }
  }

  /// Bits of the rows whose value is between the two.
  init<Number: UnsignedInteger & FixedWidthInteger>(_ values: [Number], from low: Number, to high: Number) {
    count = values.count
    let width = high - low
    words = [UInt64](unsafeUninitializedCapacity: (values.count + 63) / 64) { out, filled in
      values.withUnsafeBufferPointer { values in
        for index in 0..<((values.count + 63) / 64) {
          let start = index * 64
          var word: UInt64 = 0
          for bit in 0..<min(64, values.count - start) {
            word |= (values[start + bit] &- low <= width ? 1 : 0) << UInt64(bit)
          }
          out.initializeElement(at: index, to: word)
        }
      }
      filled = (values.count + 63) / 64
    }
  }

  @inline(__always)
  subscript(row: Int) -> Bool {
    get { words[row >> 6] >> UInt64(row & 63) & 1 != 0 }
    set {
      let mask: UInt64 = 1 << UInt64(row & 63)
      if newValue { words[row >> 6] |= mask } else { words[row >> 6] &= ~mask }
    }
  }

  var isEmpty: Bool { words.allSatisfy { $0 == 0 } }
  var population: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  static func &= (left: inout Bitset, right: Bitset) {
    for index in left.words.indices { left.words[index] &= right.words[index] }
  }
  static func |= (left: inout Bitset, right: Bitset) {
    for index in left.words.indices { left.words[index] |= right.words[index] }
  }
  static func & (left: Bitset, right: Bitset) -> Bitset {
    var copy = left
    copy &= right
    return copy
  }
  static prefix func ~ (bits: Bitset) -> Bitset {
    var copy = bits
    for index in copy.words.indices { copy.words[index] = ~copy.words[index] }
    copy.clearTail()
    return copy
  }

  /// Calls with each row whose bit is set, ascending, within the range.
  @inline(__always)
  func forEach(in rows: Range<Int>, _ body: (Int) throws -> Void) rethrows {
    guard !rows.isEmpty else { return }
    for index in (rows.lowerBound >> 6)...((rows.upperBound - 1) >> 6) {
      var word = words[index]
      let start = index << 6
      if start < rows.lowerBound { word &= .max << UInt64(rows.lowerBound - start) }
      if start + 64 > rows.upperBound { word &= .max >> UInt64(start + 64 - rows.upperBound) }
      while word != 0 {
        try body(start + word.trailingZeroBitCount)
        word &= word - 1
      }
    }
  }
  func forEach(_ body: (Int) throws -> Void) rethrows { try forEach(in: 0..<count, body) }
}
