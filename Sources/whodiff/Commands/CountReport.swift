import AuditModel
import EventQueries
import EventStorage

/// How many rows have which values of some fields: what `count` prints, and `log` with a `| count` or `| top`.
struct CountReport {
  var query: EventQuery
  /// May be empty where it is counted in spans of time.
  var fields: [FilterField]
  var stepSeconds: Int?
  var limit: Int?
  var isReversed: Bool
  var zone: Zone

  /// What a stage asks for.
  static func parts(of stage: FilterStage, limit: Int?) -> (fields: [FilterField], stepSeconds: Int?, limit: Int?) {
    switch stage {
    case .count(let by, let seconds): (by.compactMap(FilterField.named), seconds, limit)
    case .top(let number, let field): ([field].compactMap(FilterField.named), nil, min(number, limit ?? number))
    }
  }

  /// - Returns: how many groups there are.
  func write(of log: OpenedLog, _ format: RowFormatOptions, _ styling: StyleOptions) throws -> Int {
    let counts = try log.snapshot.counts(
      of: query, by: fields, span: stepSeconds.map { step in { bucket($0, step) } })
    let rows = sorted(
      Dictionary(counts.map { (ActGroup(since: $0.key.since, values: known($0.key.values)), $0.value) }) { $0 + $1 })
    let shown = rows.prefix(limit ?? rows.count)
    let out = CommandOutput(styling, isText: format.exporter == nil)
    try out.run {
      if let exporter = format.exporter {
        var writer = try RowWriter(exporter, columns: CountRow.columns, to: out.output)
        for (group, count) in shown {
          try writer.write(
            CountRow.json(fields: fields.map(\.name), values: group.values, since: group.since, count: count))
        }
        try writer.finish()
      } else {
        let headings =
          (stepSeconds == nil ? [] : ["SINCE (\(zone.name))"]) + ["COUNT"] + fields.map { $0.name.uppercased() }
        var table = TextTable(headings, to: out.output, style: out.style)
        for (group, count) in shown {
          let cells = [group.since.map { Words.time($0, zone) }].compactMap { $0 } + [String(count)]
          try table.add((cells + group.values.map { $0 ?? "-" }).map { TextTable.Cell($0) })
        }
        try table.finish()
      }
    }
    return counts.count
  }

  /// An empty text, such as the verb of a flow, is no value.
  private func known(_ values: [String?]) -> [String?] { values.map { $0?.nonEmpty } }

  /// Says on standard error when flows were counted that both their sides reported.
  func sayDoubleCounting(in log: OpenedLog, isQuiet: Bool) throws {
    guard !isQuiet, !fields.contains(where: { $0.name == "reporter" }), let reporter = FilterField.named("reporter")
    else { return }
    let sides = Set(try log.snapshot.counts(of: query, by: [reporter]).keys.compactMap { $0.values.first ?? nil })
    guard sides.isSuperset(of: ["src", "dst"]) else { return }
    ErrorOutput.say(
      "flows between two pods are counted twice, as their source and as their destination report them; "
        + "reporter:src or reporter:dst counts one side")
  }

  /// By time where it is counted in spans, then most first; equals in order of their values.
  private func sorted(_ counts: [ActGroup: Int]) -> [(key: ActGroup, value: Int)] {
    let rows = counts.sorted { left, right in
      if let a = left.key.since, let b = right.key.since, a != b { return a < b }
      if left.value != right.value { return left.value > right.value }
      return left.key.values.map { $0 ?? "" }.lexicographicallyPrecedes(right.key.values.map { $0 ?? "" })
    }
    return isReversed ? rows.reversed() : rows
  }

  /// The start of the span that holds the moment, counted from midnight of 1 January 1970 in the zone.
  private func bucket(_ time: Timestamp, _ step: Int) -> Timestamp {
    let offset = Int64(zone.offsetSeconds(at: time)) * 1_000_000
    let width = Int64(step) * 1_000_000
    let local = time.microseconds + offset
    let rest = local % width
    return Timestamp(microseconds: local - (rest < 0 ? rest + width : rest) - offset)
  }
}
