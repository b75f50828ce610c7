import AuditModel

/// A row among few of its segment whose values were read alone.
struct PickedRow {
  /// Made by `Segment.picking`.
  var segment: Segment
  var row: Int
}

// The values of some rows out of what a chunk holds, without making the column.

extension PackedNumbers {
  /// - Parameter rows: of the column that stands next in the reader.
  static func values(of rows: [Int], from reader: inout ByteReader) throws(StoreError) -> [Int64?] {
    let width = try reader.number(UInt8.self)
    let hasNil = try reader.number(UInt8.self) != 0
    let count = Int(try reader.number(UInt32.self))
    let base = try reader.number(Int64.self)
    func values<Number: FixedWidthInteger & UnsignedInteger>(_ type: Number.Type) throws(StoreError) -> [Int64?] {
      let bytes = try reader.bytes(count: count * MemoryLayout<Number>.size)
      var values: [Int64?] = []
      for row in rows {
        guard row < count else { throw .corrupt(reason: "a column ends early") }
        let stored = bytes.loadUnaligned(fromByteOffset: row * MemoryLayout<Number>.size, as: Number.self)
        values.append(value(ofStored: UInt64(Number(littleEndian: stored)), base: base, hasNil: hasNil))
      }
      return values
    }
    switch width {
    case 0: return rows.map { _ in value(ofStored: 0, base: base, hasNil: hasNil) }
    case 1: return try values(UInt8.self)
    case 2: return try values(UInt16.self)
    case 4: return try values(UInt32.self)
    case 8: return try values(UInt64.self)
    default: throw .corrupt(reason: "a column of width \(width)")
    }
  }
}

extension CodedColumn where Entries == TextDictionary {
  /// - Parameter rows: of the column that stands next in the reader.
  static func values(of rows: [Int], from reader: inout ByteReader) throws(StoreError) -> [String?] {
    let count = Int(try reader.number(UInt32.self))
    let lengths = try reader.bytes(count: count * 4)
    func length(_ entry: Int) -> Int {
      Int(UInt32(littleEndian: lengths.loadUnaligned(fromByteOffset: entry * 4, as: UInt32.self)))
    }
    var total = 0
    for entry in 0..<count { total += length(entry) }
    let text = try reader.bytes(count: total)
    var texts: [String?] = []
    for code in try PackedNumbers.values(of: rows, from: &reader) {
      let code = code ?? 0
      guard code >= 0, code <= count else { throw .corrupt(reason: "a code without an entry") }
      guard code > 0 else {
        texts.append(nil)
        continue
      }
      var start = 0
      for entry in 0..<(Int(code) - 1) { start += length(entry) }
      let range = start..<(start + length(Int(code) - 1))
      texts.append(String(decoding: UnsafeRawBufferPointer(rebasing: text[range]), as: UTF8.self))
    }
    return texts
  }

  /// A column of so many rows.
  init(_ texts: [String?]) {
    var codes: [String: Int64] = [:]
    var dictionary: [String] = []
    let rows = texts.map { text -> Int64 in
      guard let text else { return 0 }
      if let known = codes[text], dictionary[Int(known) - 1].utf8.elementsEqual(text.utf8) { return known }
      dictionary.append(text)
      codes[text] = Int64(dictionary.count)
      return Int64(dictionary.count)
    }
    self.init(dictionary: TextDictionary(dictionary), codes: PackedNumbers(rows))
  }
}

extension IdentifierColumn {
  /// - Parameter rows: of the column that stands next in the reader.
  static func values(of rows: [Int], from reader: inout ByteReader) throws(StoreError) -> [ContentID] {
    let count = Int(try reader.number(UInt32.self))
    let bytes = try reader.bytes(count: count * 16)
    var values: [ContentID] = []
    for row in rows {
      guard row < count else { throw .corrupt(reason: "a column ends early") }
      func word(_ index: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: row * 16 + index * 8, as: UInt64.self))
      }
      values.append(ContentID(high: word(0), low: word(1)))
    }
    return values
  }
}
