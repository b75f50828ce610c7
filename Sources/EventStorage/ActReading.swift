import AuditModel

extension StoreState {
  /// The act that the row shows.
  /// - Parameters:
  ///   - picked: where to read the row, if not in its segment.
  ///   - tellsAliases: whether its object's other names are wanted, which takes a look into every segment.
  ///   - tellsLine: whether it is wanted where in the file the record stands, which takes the lines of all segments.
  func act(
    _ place: Int, _ row: Int, picked: PickedRow? = nil, tellsAliases: Bool = true, tellsLine: Bool = true
  ) throws -> Act {
    let id = id(place, row)
    let known = patches[place].summaries[row]
    let segment = picked?.segment ?? segments[place]
    let row = picked?.row ?? row
    let sum = try known ?? segment.summary(row)
    let flags = try segment.flags(row)
    let data = DataKind(rawValue: try segment.numbers(.data).byte(row)) ?? .audit
    let object = try segment.object(row)
    let cluster = try segment.text(.cluster)[row]
    return Act(
      id: id, contentID: try segment.identifiers(.contentID)[row],
      data: data, time: Timestamp(microseconds: try segment.time(row)),
      took: try segment.numbers(.took)[row].map { Double($0) / 1_000_000 }, verb: try segment.text(.verb)[row] ?? "",
      code: sum.code.map { Int($0) }, outcome: sum.outcome,
      level: data == .audit ? Level(rawValue: try segment.numbers(.level).byte(row)) : nil,
      stages: data == .audit ? sum.stages : [],
      by: try segment.text(.by)[row], asUser: try segment.text(.asUser)[row],
      groups: try segment.lists(.groups)[row] ?? [], ips: try segment.lists(.ips)[row] ?? [],
      agent: try segment.text(.agent)[row], object: object,
      aliases: try tellsAliases
        ? object?.key(in: cluster).map { key in try lineage(of: key).filter { $0 != key } } ?? [] : [],
      kind: try segment.text(.kind)[row],
      uid: try segment.text(.uid)[row], resourceVersion: try segment.text(.resourceVersion)[row],
      generation: try segment.numbers(.generation)[row], tier: try segment.text(.tier)[row],
      auditID: try segment.auditID(row)?.text, decision: try segment.text(.decision)[row],
      reason: try segment.text(.reason)[row], truncated: flags.contains(.truncated),
      dryRun: flags.contains(.dryRun) || sum.outcome == .dryrun,
      cluster: cluster,
      source: SourcePosition(
        file: sources[segment.info.source]?.path ?? "",
        line: tellsLine ? linesBefore(segment) + Int(try segment.numbers(.line).integer(row)) : 0,
        offset: try segment.numbers(.offset).integer(row), length: Int(try segment.numbers(.length).integer(row))),
      facts: try segment.facts(row))
  }

  func outcome(_ place: Int, _ row: Int) throws -> Outcome {
    if let known = patches[place].summaries[row] { return known.outcome }
    return Outcome(rawValue: try segments[place].numbers(.outcome).byte(row)) ?? .unknown
  }
}
