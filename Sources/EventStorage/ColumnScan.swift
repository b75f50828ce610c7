import AuditModel
import EventQueries

extension StoreState {
  /// The rows of a segment whose value in the column passes the test. Where a column holds few distinct values, the
  /// test is asked once for each.
  func rows(of place: Int, where column: EventColumn, passes test: ColumnTest) throws -> Bitset {
    let segment = segments[place]
    let count = segment.rowCount
    var bits: Bitset
    switch column {
    case .data: bits = try enumerated(segment, .data) { test.matches(.text(DataKind(rawValue: $0)?.name)) }
    case .outcome: bits = try enumerated(segment, .outcome) { test.matches(.text(Outcome(rawValue: $0)?.name)) }
    case .level:
      bits = try onlyAudit(
        segment, try enumerated(segment, .level) { test.matches(.text(Level(rawValue: $0)?.name)) },
        others: test.matches(.text(nil)))
    case .stages:
      bits = try onlyAudit(
        segment, try enumerated(segment, .stages) { test.matches(.list(StageSet(rawValue: $0).stages.map(\.name))) },
        others: test.matches(.list([])))
    case .truncated:
      bits = try enumerated(segment, .flags) {
        test.matches(.number(RowFlags(rawValue: $0).contains(.truncated) ? 1 : 0))
      }
    case .lineage:
      bits = Bitset(repeating: test.matches(.list([])), count: count)
      for (key, rows) in try objects(of: Bitset(repeating: true, count: count), in: place) {
        let takes = test.matches(.list(try [key.path] + lineage(of: key).filter { $0 != key }.map(\.path)))
        for row in rows { bits[row] = takes }
      }
    case .dryRun:
      bits = try enumerated(segment, .flags) { test.matches(.number(RowFlags(rawValue: $0).contains(.dryRun) ? 1 : 0)) }
      // A record of the act other than its last may have said so.
      let tried = try rows(of: place, with: [.dryrun])
      if test.matches(.number(1)) { bits |= tried } else { bits &= ~tried }
    case .time:
      if let interval = test.interval, count > 0 {
        let info = segment.info
        // Most segments are wholly inside or outside, which shows without reading the column.
        if interval.upperBound < info.timeMin || info.timeMax < interval.lowerBound {
          return Bitset(repeating: false, count: count)
        }
        if interval.contains(info.timeMin), interval.contains(info.timeMax) {
          return Bitset(repeating: true, count: count)
        }
      }
      bits = numbers(try segment.numbers(.time), test)
    case .took: bits = numbers(try segment.numbers(.took), test)
    case .code: bits = numbers(try segment.numbers(.code), test)
    case .generation: bits = numbers(try segment.numbers(.generation), test)
    case .groups: bits = coded(try segment.lists(.groups), of: count) { test.matches(.list($0 ?? [])) }
    case .ips: bits = coded(try segment.lists(.ips), of: count) { test.matches(.list($0 ?? [])) }
    case .auditID:
      bits = try Bitset(count: count) { test.matches(.text(try segment.auditID($0)?.text)) }
    case .contentID:
      let ids = try segment.identifiers(.contentID)
      bits = Bitset(count: count) { test.matches(.text(ids[$0].description)) }
    case .sourceFile:
      bits = Bitset(repeating: test.matches(.text(sources[segment.info.source]?.path ?? "")), count: count)
    case .verb, .by, .asUser, .agent, .apiGroup, .apiVersion, .resource, .kind, .namespace, .name, .subresource, .uid,
      .resourceVersion, .tier, .decision, .reason, .cluster:
      guard let stored = column.storedText else { preconditionFailure("\(column) is a text column") }
      bits = coded(try segment.text(stored), of: count) { test.matches(.text($0)) }
    default: bits = try facts(segment, column, test)
    }
    // Acts with records in several segments, and no-ops: the columns tell only of their own segment.
    switch column {
    case .outcome: for (row, sum) in patches[place].summaries { bits[row] = test.matches(.text(sum.outcome.name)) }
    case .code: for (row, sum) in patches[place].summaries { bits[row] = test.matches(.number(sum.code)) }
    case .stages:
      for (row, sum) in patches[place].summaries { bits[row] = test.matches(.list(sum.stages.stages.map(\.name))) }
    default: break
    }
    return bits
  }

  /// The bits of audit acts; of rows of other logs, which have no such value, all or none.
  private func onlyAudit(_ segment: Segment, _ bits: Bitset, others: Bool) throws -> Bitset {
    let audit = try enumerated(segment, .data) { $0 == DataKind.audit.rawValue }
    return others ? ~(~bits & audit) : bits & audit
  }

  /// A column that only rows of other logs fill.
  private func facts(_ segment: Segment, _ column: EventColumn, _ test: ColumnTest) throws -> Bitset {
    guard let stored = StoredColumn.facts[column] else { preconditionFailure("\(column) is a stored column") }
    let count = segment.rowCount
    return switch column.shape {
    case .text: coded(try segment.text(stored), of: count) { test.matches(.text($0)) }
    case .list: coded(try segment.lists(stored), of: count) { test.matches(.list($0 ?? [])) }
    case .number: numbers(try segment.numbers(stored), test)
    }
  }

  /// The rows that stand for acts and are listed at the view level.
  func rows(of place: Int, upTo level: ViewLevel) throws -> Bitset {
    var bits: Bitset
    if level == .everything {
      bits = Bitset(repeating: true, count: segments[place].rowCount)
    } else {
      bits = try enumerated(segments[place], .viewLevel) { $0 <= level.rawValue }
      for (row, sum) in patches[place].summaries { bits[row] = sum.viewLevel <= level.rawValue }
    }
    for row in patches[place].hidden { bits[row] = false }
    return bits
  }

  /// The rows with one of the outcomes.
  func rows(of place: Int, with outcomes: Set<Outcome>) throws -> Bitset {
    var bits = try enumerated(segments[place], .outcome) { Outcome(rawValue: $0).map(outcomes.contains) ?? false }
    for (row, sum) in patches[place].summaries { bits[row] = outcomes.contains(sum.outcome) }
    return bits
  }

  /// The rows of another log that tell of a failure: denied flows and failed lookups, as `LogFacts.isFailure`.
  func failedTraffic(of place: Int) throws -> Bitset {
    func rows(_ data: DataKind, _ column: EventColumn, _ holds: @escaping @Sendable (String) -> Bool) throws -> Bitset {
      let test = ColumnTest { if case .text(.some(let text)) = $0 { holds(text) } else { false } }
      return try self.rows(of: place, where: column, passes: test) & self.rows(of: place, from: data)
    }
    var bits = try rows(.flow, .action) { $0 == "deny" }
    bits |= try rows(.dns, .rcode) { $0.lowercased() != "noerror" }
    return bits
  }

  /// The rows of one log.
  func rows(of place: Int, from data: DataKind) throws -> Bitset {
    try enumerated(segments[place], .data) { $0 == data.rawValue }
  }

  private func enumerated(_ segment: Segment, _ column: StoredColumn, _ holds: (UInt8) -> Bool) throws -> Bitset {
    let values = try segment.numbers(column)
    return scan(values) { $0.map { holds(UInt8(truncatingIfNeeded: $0)) } ?? false }
  }

  private func coded<Entries>(
    _ column: CodedColumn<Entries>, of count: Int, _ holds: (Entries.Element?) -> Bool
  ) -> Bitset {
    let answers = [holds(nil)] + column.dictionary.all.map(holds)
    if let one = answers.first, answers.allSatisfy({ $0 == one }) { return Bitset(repeating: one, count: count) }
    return scan(column.codes) { answers[Int($0 ?? 0)] }
  }

  private func numbers(_ column: PackedNumbers, _ test: ColumnTest) -> Bitset {
    if let interval = test.interval, !column.hasNil {
      let (low, under) = interval.lowerBound.subtractingReportingOverflow(column.base)
      let (high, over) = interval.upperBound.subtractingReportingOverflow(column.base)
      if !under, !over {
        guard high >= 0 else { return Bitset(repeating: false, count: column.count) }
        return within(column, UInt64(max(0, low)), UInt64(high))
      }
    }
    return scan(column) { test.matches(.number($0)) }
  }

  private func within(_ column: PackedNumbers, _ low: UInt64, _ high: UInt64) -> Bitset {
    func clamped<Number: UnsignedInteger & FixedWidthInteger>(_ values: [Number]) -> Bitset {
      guard low <= UInt64(Number.max) else { return Bitset(repeating: false, count: values.count) }
      return Bitset(values, from: Number(low), to: Number(clamping: high))
    }
    return switch column.storage {
    case .none(let count): Bitset(repeating: low == 0, count: count)
    case .u8(let values): clamped(values)
    case .u16(let values): clamped(values)
    case .u32(let values): clamped(values)
    case .u64(let values): clamped(values)
    }
  }

  /// Asks once for each distinct value where they are few.
  private func scan(_ column: PackedNumbers, _ holds: (Int64?) -> Bool) -> Bitset {
    func small<Number: UnsignedInteger & FixedWidthInteger>(_ values: [Number]) -> Bitset {
      let most = Int(values.max() ?? 0)
      guard most <= 2 * values.count + 256 else { return each() }
      var table = [UInt8](repeating: 0, count: most + 1)
      for value in 0...most { table[value] = holds(column.value(ofStored: UInt64(value))) ? 1 : 0 }
      return Bitset(values, table: table)
    }
    func each() -> Bitset { Bitset(count: column.count) { holds(column[$0]) } }
    return switch column.storage {
    case .none(let count): Bitset(repeating: holds(column.value(ofStored: 0)), count: count)
    case .u8(let values): small(values)
    case .u16(let values): small(values)
    default: each()
    }
  }
}

extension EventColumn {
  /// The stored column of a text that rows share; nil for what is kept in another way.
  var storedText: StoredColumn? {
    switch self {
    case .verb: .verb
    case .by: .by
    case .asUser: .asUser
    case .agent: .agent
    case .apiGroup: .apiGroup
    case .apiVersion: .apiVersion
    case .resource: .resource
    case .kind: .kind
    case .namespace: .namespace
    case .name: .name
    case .subresource: .subresource
    case .uid: .uid
    case .resourceVersion: .resourceVersion
    case .tier: .tier
    case .decision: .decision
    case .reason: .reason
    case .cluster: .cluster
    default: nil
    }
  }
}
