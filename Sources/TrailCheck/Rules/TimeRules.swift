import AuditModel
import EventQueries

extension TrailRule {
  /// Stretches without lines.
  static let holes = TrailRule(name: "holes") { evidence in
    func items(_ holes: [Hole]) -> [TrailItem] {
      holes.map { hole in
        let others =
          evidence.streams.count < 2
          ? ""
          : hole.elsewhere > 0
            ? "; other sources have \(Phrases.grouped(hole.elsewhere)) in it" : "; no other source has any in it"
        return TrailItem(
          "\(hole.name): no \(hole.data.name) lines for \(Phrases.duration(hole.seconds)), "
            + "\(from: hole.since, to: hole.until); 99 of 100 gaps around it are under "
            + "\(Phrases.duration(hole.norm))\(others)",
          target: .time(hole.since...hole.until))
      }
    }
    let lost = evidence.holes.filter { !$0.endsWithStart }
    let starts = evidence.holes.filter(\.endsWithStart)
    var found: [TrailFinding] = []
    if !lost.isEmpty {
      found.append(
        TrailFinding(
          weight: .alarm, title: Phrases.count(lost.count, "hole"), items: items(lost),
          meaning: "Lines are missing here, or the server was cut off. What happened then is not known, and that "
            + "nothing is listed proves nothing.",
          advice: ["Look for the files of that time: rotated ones, and those of other control plane nodes."]))
    }
    if !starts.isEmpty {
      found.append(
        TrailFinding(
          weight: .note,
          title: Phrases.count(
            starts.count, "pause before an API server started", "pauses before an API server started"),
          items: items(starts), meaning: "The server was down, so it had nothing to log; others may have served."))
    }
    return found
  }

  /// Rotated files that should stand between two others.
  static let missingFiles = TrailRule(name: "missing-files") { evidence in
    let items = evidence.missingFiles.map { missing in
      TrailItem(
        "between \(missing.before) and \(missing.after)"
          + (missing.span.map { ": \(from: $0.lowerBound, to: $0.upperBound)" } ?? ""),
        target: missing.span.map { .time($0) })
    }
    guard !items.isEmpty else { return [] }
    return [
      TrailFinding(
        weight: .alarm, title: Phrases.count(items.count, "rotated file is missing", "rotated files are missing"),
        items: items,
        meaning: "A file is closed when the next line has to go into a new one, and no file begins there.",
        advice: ["Add the missing file; raise --audit-log-maxbackup where the server deleted it."])
    ]
  }

  /// Clocks that were set while a file was written.
  static let clockSteps = TrailRule(name: "clock-steps") { evidence in
    guard !evidence.steps.isEmpty else { return [] }
    var items = evidence.steps.map { step in
      TrailItem(
        "\(step.file):\(step.at.line): \(step.seconds < 0 ? "back" : "ahead") \(Phrases.duration(step.seconds)), "
          + "\(time: step.from) -> \(time: step.at.time)",
        target: .time(min(step.from, step.at.time)...max(step.from, step.at.time)))
    }
    let stepped = Set(evidence.steps.map(\.file))
    for stream in evidence.streams
    where stream.sources.count > 1 && stream.files.contains(where: stepped.contains) {
      let order = stream.files.map(Phrases.name)
      if order.dropLast() != order.dropLast().sorted()[...] {
        let names = order.joined(separator: ", ")
        items.append(TrailItem("rotated files whose names do not sort as they were written: \(names)"))
      }
    }
    return [
      TrailFinding(
        weight: .alarm,
        title: Phrases.count(evidence.steps.count, "place where the clock jumps", "places where the clock jumps"),
        items: items,
        meaning: "The clock was set while the file went on, or files were put together out of order. Order by time is "
          + "wrong across these places; histories go by resourceVersion.",
        advice: ["Keep the clocks of control plane nodes in step (NTP), and find out who set this one."])
    ]
  }

  /// Streams whose clocks differ.
  static let clockSkew = TrailRule(name: "clock-skew") { evidence in
    guard !evidence.skews.isEmpty else { return [] }
    return [
      TrailFinding(
        weight: .gap, title: "Clocks of different sources are not in step",
        items: evidence.skews.map { skew in
          let how = skew.evidence == .auditID ? "requests that both logged" : "versions that follow one another"
          return TrailItem(
            "\(skew.stream) is \(Phrases.duration(skew.seconds)) ahead of \(skew.against), by "
              + "\(Phrases.grouped(skew.pairCount)) \(how)")
        },
        meaning: "Acts of these sources that are closer than that may stand in the wrong order.",
        advice: ["Keep the clocks of control plane nodes in step (NTP)."])
    ]
  }

  /// Stages that stand before their request.
  static let inversions = TrailRule(name: "inversions") { evidence in
    let sources = evidence.sources.filter { $0.inversions.count > 0 }
    guard !sources.isEmpty else { return [] }
    let count = sources.reduce(0) { $0 + $1.inversions.count }
    return [
      TrailFinding(
        weight: .gap,
        title: Phrases.count(count, "act ends before it begins", "acts end before they begin"),
        items: sources.map { source in
          TrailItem(
            "\(source.file): \(source.inversions.count), by up to "
              + "\(Phrases.duration(Double(source.worstInversion) / 1_000_000)), first at line "
              + "\(source.inversions.first?.line ?? 0)", target: .filter("took<0"))
        },
        meaning: "The clock was set back while the request ran.")
    ]
  }
}

extension Hole {
  /// The file it is in, or the newest of a rotated set.
  var name: String { files.last.map(Phrases.name) ?? "" }
}
