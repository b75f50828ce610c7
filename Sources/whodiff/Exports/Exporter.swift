import AuditModel

/// A machine-readable form of rows. The table drives `export --format`, `-o` and `whodiff formats`.
struct Exporter: Sendable {
  /// What `--format` and `-o` take.
  var name: String
  var summary: String
  /// Makes the encoder of one document whose rows have these members; rows may have more.
  var encoder: @Sendable (_ columns: [String]) -> any RowEncoder

  /// In the order in which help lists them.
  static let all: [Exporter] = [.jsonLines, .jsonDocument, .yaml, .csv]

  static func named(_ name: String) -> Exporter? { all.first { $0.name == name } }
  static let names = all.map(\.name)
}

/// Turns rows into bytes, one after the other, so that a long list needs no memory.
protocol RowEncoder {
  /// What stands before the first row.
  mutating func begin() -> [UInt8]
  mutating func row(_ row: JSONValue) -> [UInt8]
  /// What stands after the last row.
  mutating func end() -> [UInt8]
  /// How the bytes have to be changed before they may go to a terminal.
  func forTerminal(_ bytes: [UInt8]) -> [UInt8]
}

extension RowEncoder {
  func begin() -> [UInt8] { [] }
  func end() -> [UInt8] { [] }
  func forTerminal(_ bytes: [UInt8]) -> [UInt8] { SafeText.jsonForTerminal(bytes) }
}
