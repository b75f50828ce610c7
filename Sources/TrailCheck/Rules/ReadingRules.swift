import AuditModel
import EventQueries

extension TrailRule {
  /// Input that is no record.
  static let rejects = TrailRule(name: "rejects") { evidence in
    let items = evidence.sources.flatMap { source in
      source.rejects.map {
        TrailItem("\(source.file):\($0.line), byte \(Phrases.grouped(Int($0.offset))): \($0.reason)")
      }
    }
    guard !items.isEmpty else { return [] }
    return [
      TrailFinding(
        weight: .alarm,
        title: Phrases.count(items.count, "piece of input that is no record", "pieces of input that are no records"),
        items: items,
        meaning: "What stood there is not among the acts: a change may be missing from every list.",
        advice: ["Look at these lines in the file itself, and at whatever collected it."])
    ]
  }

  /// Records that were left out since they were there before.
  static let duplicates = TrailRule(name: "duplicates") { evidence in
    let items = evidence.sources.filter { $0.duplicateCount > 0 }.map {
      TrailItem("\($0.file): \(Phrases.count($0.duplicateCount, "record"))")
    }
    guard !items.isEmpty else { return [] }
    return [
      TrailFinding(
        weight: .note, title: "Some records are there more than once", items: items,
        meaning: "Files overlap, or were delivered twice. Each record counts once.")
    ]
  }

  /// Objects with so many acts that their histories were not asked.
  static let unsettled = TrailRule(name: "unsettled") { evidence in
    let count = evidence.tally.unsettledCount
    guard count > 0 else { return [] }
    return [
      TrailFinding(
        weight: .note, title: "Not every no-op is told from a change",
        items: [
          TrailItem("\(Phrases.count(count, "object")) with more writes without an answer than are read at once")
        ],
        meaning: "Their lists of acts, counts and Policies may show as changed what their change logs show as a no-op.")
    ]
  }

  /// Bodies that the server cut away.
  static let truncation = TrailRule(name: "truncation") { evidence in
    let items = evidence.sources.filter { $0.truncated.count > 0 }.map { source in
      TrailItem(
        "\(source.file): \(Phrases.count(source.truncated.count, "act")), first at line "
          + "\(source.truncated.first?.line ?? 0)", target: .filter("truncated:true"))
    }
    guard !items.isEmpty else { return [] }
    let count = evidence.sources.reduce(0) { $0 + $1.truncated.count }
    return [
      TrailFinding(
        weight: .gap, title: Phrases.count(count, "act without bodies: truncated", "acts without bodies: truncated"),
        items: items,
        meaning: "Who and when is known, what was changed is not. Records too long even then were dropped whole.",
        advice: [
          "Raise --audit-log-truncate-max-event-size, or leave --audit-log-truncate-enabled off; managed clusters cut "
            + "at a limit of their own."
        ])
    ]
  }

  /// Writes whose end was not logged.
  static let unfinished = TrailRule(name: "unfinished") { evidence in
    let sources = evidence.sources.filter { $0.unfinished.count > 0 }
    guard !sources.isEmpty else { return [] }
    let count = sources.reduce(0) { $0 + $1.unfinished.count }
    return [
      TrailFinding(
        weight: .alarm, title: Phrases.count(count, "write without a result", "writes without a result"),
        items: sources.map { source in
          TrailItem(
            "\(source.file): \(source.unfinished.count), first at line \(source.unfinished.first?.line ?? 0)"
              + (source.unfinished.first.map { ", \(time: $0.time)" } ?? ""), target: .filter("outcome:unknown"))
        },
        meaning: "The request arrived and no line tells how it ended: the server died, its record could not be "
          + "written, or the rest was lost. The object may have been changed.",
        advice: [])
    ]
  }

  /// Notices of a DNS log that it is not whole.
  static let unlogged = TrailRule(name: "unlogged-dns") { evidence in
    let items = evidence.sources.filter { $0.unlogged.count > 0 }.map { source in
      TrailItem(
        "\(source.file): \(Phrases.count(source.unlogged.count, "notice")), first at line "
          + "\(source.unlogged.first?.line ?? 0)", target: .filter("data:dns action:unlogged"))
    }
    guard !items.isEmpty else { return [] }
    return [
      TrailFinding(
        weight: .gap, title: "DNS answers went unlogged", items: items,
        meaning: "A node had more answers in an interval than it may log; that a name does not appear proves nothing "
          + "there.", advice: ["Raise dnsLogsFilePerNodeLimit in FelixConfiguration."])
    ]
  }
}
