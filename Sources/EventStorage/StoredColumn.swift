import AuditModel
import EventQueries

/// The columns of a segment as they are kept; the raw value is part of the file format and never changes its meaning.
///
/// Rows of a segment are acts, ascending by time. `record…` columns have a row for each further record of an act:
/// a stage other than the one whose values the act shows.
enum StoredColumn: Int64, CaseIterable, Sendable {
  // Numbers.
  case time = 1
  /// Microseconds from arrival to the latest stage.
  case took = 2
  case code = 3
  case outcome = 4
  case level = 5
  case stages = 6
  case viewLevel = 7
  case flags = 8
  case generation = 9
  case data = 10
  /// Where the record stands: offset in the source, length, and line counted from the segment's first line.
  case offset = 11
  case length = 12
  case line = 13

  // Texts.
  case verb = 16
  case by = 17
  case asUser = 18
  case agent = 19
  case apiGroup = 20
  case apiVersion = 21
  case resource = 22
  case kind = 23
  case namespace = 24
  case name = 25
  case subresource = 26
  case uid = 27
  case resourceVersion = 28
  case tier = 29
  case decision = 30
  case reason = 31
  case cluster = 32
  /// Without the values of parameters that hold secrets (`Redactor.bare`).
  case requestURI = 33
  /// `objectRef.uid` and `objectRef.resourceVersion`.
  case referenceUID = 34
  case referenceVersion = 35
  /// `metadata.resourceVersion` of the request body.
  case sentVersion = 36
  /// Audit IDs that are no UUIDs.
  case auditText = 37

  // Lists.
  case groups = 40
  case ips = 41

  // 128-bit values; zero in `auditID` means none, or one in `auditText`.
  case contentID = 44
  case auditID = 45

  // The objects of the segment in order of their keys: four codes each (group, resource, namespace, name), where
  // the rows of each begin, and the rows.
  case objectCodes = 48
  case objectStarts = 49
  case objectRows = 50
  /// Where to look an object up, see `ObjectNames`. Absent in segments of before.
  case objectNames = 51
  /// Six values of all rows, see `LineEnds`. Absent in segments of before.
  case lineEnds = 52

  /// Objects that a `deletecollection` met: its row, and `NAMESPACE/NAME` or `/NAME`. Absent where none is known.
  case metRow = 53
  case metName = 62

  case recordRow = 54
  case recordStage = 55
  case recordFlags = 56
  case recordOffset = 57
  case recordLength = 58
  case recordLine = 59
  case recordContentID = 60

  /// One value: records that were left out since they were there before. Absent where there were none.
  case duplicates = 61

  // What rows of other logs say; named as in `EventColumn`. A segment without such rows has none of them.
  case end = 64
  case action = 65
  case host = 66
  case message = 67
  case answerCode = 68
  case srcType = 69
  case srcNamespace = 70
  case srcName = 71
  case srcIP = 72
  case srcPort = 73
  case srcLabels = 74
  case dstType = 75
  case dstNamespace = 76
  case dstName = 77
  case dstIP = 78
  case dstPort = 79
  case dstLabels = 80
  case reporter = 81
  case proto = 82
  case service = 83
  case domains = 84
  case policies = 85
  case process = 86
  case bytesIn = 87
  case bytesOut = 88
  case bytes = 89
  case packetsIn = 90
  case packetsOut = 91
  case packets = 92
  case flows = 93
  case flowsStarted = 94
  case flowsCompleted = 95
  case clientType = 96
  case clientNamespace = 97
  case clientName = 98
  case clientIP = 99
  case clientPort = 100
  case clientLabels = 101
  case qname = 102
  case qtype = 103
  case qclass = 104
  case rcode = 105
  case answers = 106
  case servers = 107
  case lookups = 108
  case latencyMean = 109
  case latencyMax = 110

  /// More than any column's number.
  static let limit = 128

  enum Shape { case numbers, text, lists, identifiers }
  var shape: Shape {
    switch self {
    case .groups, .ips: .lists
    case .contentID, .auditID, .recordContentID: .identifiers
    case .verb, .by, .asUser, .agent, .apiGroup, .apiVersion, .resource, .kind, .namespace, .name, .subresource, .uid,
      .resourceVersion, .tier, .decision, .reason, .cluster, .requestURI, .referenceUID, .referenceVersion,
      .sentVersion, .auditText, .metName:
      .text
    default:
      switch factColumn?.shape {
      case .text: .text
      case .list: .lists
      case .number, nil: .numbers
      }
    }
  }

  /// What the column holds of rows of other logs; nil for all else.
  var factColumn: EventColumn? { rawValue >= Self.end.rawValue ? EventColumn(rawValue: "\(self)") : nil }
  /// Free text, which may hold a token.
  var isRedacted: Bool { self == .agent || self == .reason || self == .message }
  /// Has one value for each row.
  var isPerRow: Bool { rawValue < Self.objectCodes.rawValue || rawValue >= Self.end.rawValue }

  /// Where a segment keeps what rows of other logs say.
  static let facts: [EventColumn: StoredColumn] = Dictionary(
    uniqueKeysWithValues: allCases.compactMap { stored in stored.factColumn.map { ($0, stored) } })

  /// The row's number in table `chunk`.
  func key(segment: UInt32) -> Int64 { Int64(segment) * Int64(Self.limit) + rawValue }
}

/// What is true or false of an act, in column `flags`; `omitted` and `wrapped` also in `recordFlags`.
struct RowFlags: OptionSet, Sendable {
  var rawValue: UInt8
  static let truncated = RowFlags(rawValue: 1)
  static let dryRun = RowFlags(rawValue: 2)
  /// The answer shows that the object is gone: `AuditEvent.endsObject`.
  static let endsObject = RowFlags(rawValue: 4)
  /// Asks for a change or a connection, rather than to read.
  static let isWrite = RowFlags(rawValue: 8)
  /// The record's bytes were left out of the stored blocks.
  static let omitted = RowFlags(rawValue: 16)
  /// The record's bytes have to be taken out of a wrapper.
  static let wrapped = RowFlags(rawValue: 32)
  /// A patch without content, or a deletecollection that met nothing.
  static let asksNothing = RowFlags(rawValue: 64)
  /// The answer says that the object was last written while the request ran.
  static let stamped = RowFlags(rawValue: 128)

  /// What the act alone tells of whether it altered its object.
  var evidence: VersionLedger.Evidence {
    get { contains(.asksNothing) ? .asksNothing : contains(.stamped) ? .stamped : .none }
    set {
      if newValue == .asksNothing { insert(.asksNothing) }
      if newValue == .stamped { insert(.stamped) }
    }
  }
}
