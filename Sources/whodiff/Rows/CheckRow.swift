import AuditModel
import EventQueries
import TrailCheck

/// What the logs cannot tell: `RowSchema.check`, one document.
enum CheckRow {
  static func json(_ report: TrailReport) -> JSONValue {
    .object([
      "schema": .string("whodiff.check/1"), "sources": .array(report.sources.map(source)),
      "holes": .array(report.holes.map(hole)), "skew": .array(skew(report)),
      "outside": .array(report.history.map(\.row)), "coverage": .array(coverage(report)),
      "advice": .array(report.advice.map { .string($0) }), "findings": .array(report.findings.map(finding)),
    ])
  }

  private static func source(_ source: SourceTally) -> JSONValue {
    let spans = DataKind.allCases.compactMap { source.reach(of: $0) }
    func counts(_ pairs: [(String, Int)]) -> JSONValue {
      .object(JSONMembers(pairs.filter { $0.1 > 0 }.map { JSONMembers.Member(key: $0.0, value: .integer($0.1)) }))
    }
    let reach = DataKind.allCases.compactMap { data in
      source.reach(of: data).map { span in
        JSONMembers.Member(
          key: data.name,
          value: .object([
            "first": .string(span.lowerBound.rfc3339), "last": .string(span.upperBound.rfc3339),
            "acts": .integer(source.times[data]?.count ?? 0),
          ]))
      }
    }
    return .object([
      "file": .string(source.file), "format": .string(source.format), "bytes": .integer(Int(source.byteCount)),
      "acts": .integer(source.actCount),
      "rejects": .array(
        source.rejects.map {
          .object([
            "line": .integer($0.line), "offset": .integer(Int($0.offset)), "reason": .string($0.reason),
          ])
        }),
      "first": .optional(spans.map(\.lowerBound).min()?.rfc3339),
      "last": .optional(spans.map(\.upperBound).max()?.rfc3339),
      "levels": counts(Level.allCases.map { ($0.name, source.levels[$0] ?? 0) }),
      "stages": counts(Stage.allCases.map { ($0.name, source.stages[$0] ?? 0) }),
      "truncated": .integer(source.truncated.count), "duplicates": .integer(source.duplicateCount),
      "reach": .object(JSONMembers(reach)),
      "clusters": .array(source.clusters.compactMap { $0 }.sorted().map { .string($0) }),
    ])
  }

  private static func hole(_ hole: Hole) -> JSONValue {
    .object([
      "files": .array(hole.files.map { .string($0) }), "data": .string(hole.data.name),
      "since": .string(hole.since.rfc3339), "until": .string(hole.until.rfc3339), "seconds": .seconds(hole.seconds),
      "norm": .seconds(hole.norm), "elsewhere": .integer(hole.elsewhere), "start": .bool(hole.endsWithStart),
    ])
  }

  private static func skew(_ report: TrailReport) -> [JSONValue] {
    let skews = report.skews.map { skew in
      JSONValue.object([
        "kind": .string("sources"), "file": .string(skew.stream), "against": .string(skew.against),
        "seconds": .seconds(skew.seconds), "evidence": .string(skew.evidence.rawValue),
        "pairs": .integer(skew.pairCount),
      ])
    }
    let steps = report.steps.map { step in
      JSONValue.object([
        "kind": .string("step"), "file": .string(step.file), "line": .integer(step.at.line),
        "offset": .integer(Int(step.at.offset)), "seconds": .seconds(step.seconds), "from": .string(step.from.rfc3339),
        "to": .string(step.at.time.rfc3339),
      ])
    }
    let inversions = report.sources.filter { $0.inversions.count > 0 }.map { source -> JSONValue in
      let first = source.inversions.first
      return .object([
        "kind": .string("inversion"), "file": .string(source.file), "line": .integer(first?.line ?? 0),
        "offset": .integer(Int(first?.offset ?? 0)), "acts": .integer(source.inversions.count),
        "seconds": .seconds(Double(source.worstInversion) / 1_000_000),
      ])
    }
    return skews + steps + inversions
  }

  /// One row for each resource and level, with the verbs seen there.
  private static func coverage(_ report: TrailReport) -> [JSONValue] {
    struct Key: Hashable {
      var resource: String
      var level: Level
    }
    var verbs: [Key: Set<String>] = [:]
    var counts: [Key: Int] = [:]
    for source in report.sources {
      for (coverage, count) in source.coverage {
        let name = coverage.resource + (coverage.subresource.map { "/" + $0 } ?? "")
        let key = Key(
          resource: coverage.group.isEmpty ? name : name + "." + coverage.group, level: coverage.level)
        verbs[key, default: []].insert(coverage.verb)
        counts[key, default: 0] += count
      }
    }
    return verbs.sorted { ($0.key.resource, $0.key.level.rawValue) < ($1.key.resource, $1.key.level.rawValue) }.map {
      key, verbs -> JSONValue in
      .object([
        "resource": .string(key.resource), "level": .string(key.level.name),
        "verbs": .array(verbs.sorted().map { .string($0) }), "acts": .integer(counts[key] ?? 0),
      ])
    }
  }

  private static func finding(_ finding: TrailFinding) -> JSONValue {
    .object([
      "rule": .string(finding.rule), "weight": .string("\(finding.weight)"), "title": .string(finding.title),
      "evidence": .array(finding.items.map { .string($0.text) }), "meaning": .string(finding.meaning.text(in: .utc)),
      "advice": .array(finding.advice.map { .string($0) }),
    ])
  }
}
