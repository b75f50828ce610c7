import AuditModel

/// Integers in the narrowest width that holds them all, counted from their smallest.
struct PackedNumbers: Sendable {
  enum Storage: Sendable {
    /// All are alike.
    case none(count: Int)
    case u8([UInt8])
    case u16([UInt16])
    case u32([UInt32])
    case u64([UInt64])
  }
  /// The smallest value.
  let base: Int64
  /// Where some are absent, 0 is stored for those and the others are one higher.
  let hasNil: Bool
  let storage: Storage

  init(_ values: [Int64?]) {
    let hasNil = values.contains { $0 == nil }
    var least = Int64.max
    var most = Int64.min
    for case .some(let value) in values {
      least = min(least, value)
      most = max(most, value)
    }
    if least > most { (least, most) = (0, 0) }
    let base = least
    // The whole range of Int64 and nil beside it do not fit; the topmost value then reads as one less.
    let range = hasNil ? min(UInt64(bitPattern: most &- base), .max - 1) + 1 : UInt64(bitPattern: most &- base)
    func stored(_ value: Int64?) -> UInt64 {
      guard let value else { return 0 }
      return hasNil ? min(UInt64(bitPattern: value &- base), .max - 1) + 1 : UInt64(bitPattern: value &- base)
    }
    self.base = base
    self.hasNil = hasNil
    storage = Self.pack(
      count: values.count, range: hasNil && most == 0 && least == 0 && !values.contains { $0 != nil } ? 0 : range
    ) {
      stored(values[$0])
    }
  }

  init(_ values: [Int64]) {
    var least = Int64.max
    var most = Int64.min
    for value in values {
      least = min(least, value)
      most = max(most, value)
    }
    if least > most { (least, most) = (0, 0) }
    let base = least
    self.base = base
    hasNil = false
    storage = Self.pack(count: values.count, range: UInt64(bitPattern: most &- base)) {
      UInt64(bitPattern: values[$0] &- base)
    }
  }

  /// So many rows without a value.
  init(absent count: Int) {
    base = 0
    hasNil = true
    storage = .none(count: count)
  }
  /// So many rows with the value 0.
  init(zeros count: Int) {
    base = 0
    hasNil = false
    storage = .none(count: count)
  }

  private static func pack(count: Int, range: UInt64, _ value: (Int) -> UInt64) -> Storage {
    switch range {
    case 0: .none(count: count)
    case ...UInt64(UInt8.max): .u8((0..<count).map { UInt8(truncatingIfNeeded: value($0)) })
    case ...UInt64(UInt16.max): .u16((0..<count).map { UInt16(truncatingIfNeeded: value($0)) })
    case ...UInt64(UInt32.max): .u32((0..<count).map { UInt32(truncatingIfNeeded: value($0)) })
    default: .u64((0..<count).map(value))
    }
  }

  var count: Int {
    switch storage {
    case .none(let count): count
    case .u8(let array): array.count
    case .u16(let array): array.count
    case .u32(let array): array.count
    case .u64(let array): array.count
    }
  }

  /// What is stored, before base and nil are applied.
  @inline(__always)
  func stored(_ row: Int) -> UInt64 {
    switch storage {
    case .none: 0
    case .u8(let array): UInt64(array[row])
    case .u16(let array): UInt64(array[row])
    case .u32(let array): UInt64(array[row])
    case .u64(let array): array[row]
    }
  }

  @inline(__always)
  func value(ofStored stored: UInt64) -> Int64? { Self.value(ofStored: stored, base: base, hasNil: hasNil) }

  @inline(__always)
  static func value(ofStored stored: UInt64, base: Int64, hasNil: Bool) -> Int64? {
    if !hasNil { return base &+ Int64(bitPattern: stored) }
    return stored == 0 ? nil : base &+ Int64(bitPattern: stored - 1)
  }

  @inline(__always)
  subscript(row: Int) -> Int64? { value(ofStored: stored(row)) }

  /// Whether all values that are there are in the range; absent ones count as 0.
  func isWithin(_ range: ClosedRange<Int64>) -> Bool {
    func holds<Number: UnsignedInteger & FixedWidthInteger>(_ values: [Number]) -> Bool {
      var least = Number.max
      var most = Number.min
      for value in values {
        least = min(least, value)
        most = max(most, value)
      }
      return values.isEmpty || [least, most].allSatisfy { range.contains(value(ofStored: UInt64($0)) ?? 0) }
    }
    // The topmost values of a damaged file may run over.
    if case .u64(let values) = storage { return values.allSatisfy { range.contains(value(ofStored: $0) ?? 0) } }
    return switch storage {
    case .none(let count): count == 0 || range.contains(value(ofStored: 0) ?? 0)
    case .u8(let values): holds(values)
    case .u16(let values): holds(values)
    case .u32(let values): holds(values)
    case .u64: false
    }
  }

  /// For columns that are never absent.
  @inline(__always)
  func integer(_ row: Int) -> Int64 { self[row] ?? 0 }
  @inline(__always)
  func byte(_ row: Int) -> UInt8 { UInt8(truncatingIfNeeded: integer(row)) }

  func write(to out: inout ByteWriter) {
    let width: UInt8 =
      switch storage {
      case .none: 0
      case .u8: 1
      case .u16: 2
      case .u32: 4
      case .u64: 8
      }
    out.put(width)
    out.put(UInt8(hasNil ? 1 : 0))
    out.put(UInt32(count))
    out.put(base)
    switch storage {
    case .none: break
    case .u8(let array): out.put(array: array)
    case .u16(let array): out.put(array: array)
    case .u32(let array): out.put(array: array)
    case .u64(let array): out.put(array: array)
    }
  }

  init(from reader: inout ByteReader) throws(StoreError) {
    let width = try reader.number(UInt8.self)
    hasNil = try reader.number(UInt8.self) != 0
    let count = Int(try reader.number(UInt32.self))
    base = try reader.number(Int64.self)
    switch width {
    case 0: storage = .none(count: count)
    case 1: storage = .u8(try reader.array(UInt8.self, count: count))
    case 2: storage = .u16(try reader.array(UInt16.self, count: count))
    case 4: storage = .u32(try reader.array(UInt32.self, count: count))
    case 8: storage = .u64(try reader.array(UInt64.self, count: count))
    default: throw .corrupt(reason: "a column of width \(width)")
    }
  }
}

/// Values that repeat, each written once in a dictionary of the segment, and a code for each row. Code 0 is absent
/// (an empty list), code n the dictionary's entry n - 1.
struct CodedColumn<Entries: ColumnDictionary & Sendable>: Sendable {
  typealias Value = Entries.Element
  let dictionary: Entries
  let codes: PackedNumbers

  @inline(__always)
  func code(_ row: Int) -> Int { Int(truncatingIfNeeded: codes.integer(row)) }
  @inline(__always)
  subscript(row: Int) -> Value? {
    let code = code(row)
    return code == 0 ? nil : dictionary[code - 1]
  }

  /// A code beyond the dictionary would trap later; only a damaged file has one.
  func checked() throws(StoreError) -> Self {
    guard codes.isWithin(0...Int64(dictionary.count)) else { throw .corrupt(reason: "a code without an entry") }
    return self
  }
}
typealias TextColumn = CodedColumn<TextDictionary>
typealias ListColumn = CodedColumn<[[String]]>

extension CodedColumn where Entries == TextDictionary {
  func write(to out: inout ByteWriter) {
    dictionary.write(to: &out)
    codes.write(to: &out)
  }
  init(from reader: inout ByteReader) throws(StoreError) {
    self = try Self(dictionary: TextDictionary(from: &reader), codes: PackedNumbers(from: &reader)).checked()
  }

  /// The same with each text replaced.
  func mapping(_ change: (String) -> String) -> TextColumn {
    TextColumn(dictionary: TextDictionary(dictionary.map(change)), codes: codes)
  }
}

extension CodedColumn where Entries == [[String]] {
  func write(to out: inout ByteWriter) {
    out.put(UInt32(dictionary.count))
    for list in dictionary {
      out.put(UInt32(list.count))
      for text in list {
        out.put(UInt32(text.utf8.count))
        out.put(text: text)
      }
    }
    codes.write(to: &out)
  }
  init(from reader: inout ByteReader) throws(StoreError) {
    let count = Int(try reader.number(UInt32.self))
    var lists: [[String]] = []
    for _ in 0..<count {
      var list: [String] = []
      for _ in 0..<(try reader.number(UInt32.self)) {
        let length = Int(try reader.number(UInt32.self))
        list.append(try reader.text(count: length))
      }
      lists.append(list)
    }
    self = try Self(dictionary: lists, codes: PackedNumbers(from: &reader)).checked()
  }
}

/// 128-bit values, two words for each row, high word first.
struct IdentifierColumn: Sendable {
  let words: [UInt64]

  var count: Int { words.count / 2 }
  @inline(__always)
  subscript(row: Int) -> ContentID { ContentID(high: words[2 * row], low: words[2 * row + 1]) }
  @inline(__always)
  func low(_ row: Int) -> UInt64 { words[2 * row + 1] }

  func write(to out: inout ByteWriter) {
    out.put(UInt32(count))
    out.put(array: words)
  }
  init(_ values: [ContentID]) {
    var words: [UInt64] = []
    words.reserveCapacity(values.count * 2)
    for value in values {
      words.append(value.high)
      words.append(value.low)
    }
    self.words = words
  }
  init(from reader: inout ByteReader) throws(StoreError) {
    let count = Int(try reader.number(UInt32.self))
    words = try reader.array(UInt64.self, count: count * 2)
  }
}
