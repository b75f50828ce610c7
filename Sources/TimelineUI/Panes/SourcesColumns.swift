import AuditModel
import EventQueries
import TerminalScreen
import TrailCheck

/// A column of the Sources screen.
struct SourceColumn: Sendable {
  var title: String
  var width: Int
  /// The terminal has to be so wide for it: what needs most gives way first.
  var least: Int
  /// It gives way to another in a terminal wider than that.
  var most = Int.max
  /// Figures stand at the right.
  var isFigure = false
  /// Whether it has anything to say now.
  var isOfUse: @Sendable (Session) -> Bool = { _ in true }
  var style: @Sendable (SourceRow) -> Style = { _ in .plain }
  var text: @Sendable (SourceRow, Session) -> String

  /// Left to right, behind the name, which has the room that they leave.
  static let all: [SourceColumn] = [
    SourceColumn(title: "read", width: 11, least: 60, isFigure: true) { row, _ in SourceWords.size(row) },
    SourceColumn(
      title: "rate", width: 8, least: 132, isFigure: true, isOfUse: { $0.progress?.state == .reading }
    ) { SourceWords.rate($0, $1) },
    SourceColumn(title: "first", width: 12, least: 80) { SourceWords.time($0.timeSpan?.lowerBound, $1) },
    SourceColumn(title: "last", width: 12, least: 76) { SourceWords.time($0.timeSpan?.upperBound, $1) },
    SourceColumn(title: "acts", width: 9, least: 60, isFigure: true) { row, _ in PaneWords.grouped(row.actCount) },
    SourceColumn(title: "kinds", width: 14, least: 120, most: 179) { row, _ in SourceWords.kinds(row) },
    SourceColumn(title: "format", width: 18, least: 180) { SourceWords.format($0, $1) ?? SourceWords.kinds($0) },
    SourceColumn(title: "levels", width: 9, least: 150) { row, _ in SourceWords.levels(row) },
    SourceColumn(title: "stages", width: 7, least: 150) { row, _ in SourceWords.stages(row) },
    SourceColumn(title: "holes", width: 5, least: 160, isFigure: true) { SourceWords.holes($0, $1) },
    SourceColumn(title: "trunc", width: 6, least: 140, isFigure: true) { row, _ in SourceWords.some(row.truncatedCount)
    },
    SourceColumn(
      title: "bad", width: 5, least: 60, isFigure: true, style: { $0.malformedCount > 0 ? Style(.failed) : .plain }
    ) { row, _ in SourceWords.some(row.malformedCount) },
    SourceColumn(title: "from line", width: 9, least: 170, isFigure: true) { row, _ in
      row.firstProblemLine.map { PaneWords.grouped($0) } ?? "-"
    },
    SourceColumn(title: "other", width: 6, least: 132, isFigure: true) { row, _ in SourceWords.some(row.foreignCount) },
    SourceColumn(title: "skew", width: 7, least: 170, isFigure: true) { SourceWords.skew($0, $1) },
    SourceColumn(title: "file", width: 7, least: 100) { row, _ in row.stateName ?? "-" },
    SourceColumn(title: "cluster", width: 12, least: 110) { row, _ in
      row.clusters.isEmpty ? "-" : row.clusters.joined(separator: " ")
    },
  ]

  /// The columns of a width, and what is left for the name.
  static func layout(width: Int, _ session: Session) -> (columns: [SourceColumn], name: Int) {
    let columns = all.filter { $0.least <= width && width <= $0.most && $0.isOfUse(session) }
    return (columns, max(8, width - 5 - columns.reduce(0) { $0 + $1.width + 1 }))
  }
}

/// What the Sources screen says of a source.
enum SourceWords {
  /// `149 MB`; `41% 149 MB` while it is read, `61 MB+` where nobody knows how much there is.
  static func size(_ row: SourceRow) -> String {
    guard let total = row.bytesTotal, total > 0 else {
      return FactWords.bytes(row.bytesRead) + (row.isComplete ? "" : "+")
    }
    let isRead = row.isComplete || row.bytesRead >= total
    return (isRead ? "" : "\(row.bytesRead * 100 / total)% ") + FactWords.bytes(total)
  }

  static func rate(_ row: SourceRow, _ session: Session) -> String {
    guard let progress = session.progress, progress.state == .reading, progress.file == row.path else { return "" }
    return FactWords.bytes(Int64(progress.bytesPerSecond)) + "/s"
  }

  static func time(_ time: Timestamp?, _ session: Session) -> String {
    time.map { PaneWords.minuteTime($0, zone: session.zone, now: session.now) } ?? "-"
  }

  static func kinds(_ row: SourceRow) -> String {
    let kinds = DataKind.allCases.filter { row.data[$0] != nil }.map(\.name)
    return kinds.isEmpty ? "-" : kinds.joined(separator: " ")
  }

  /// What most of its records are, as `whodiff formats` calls it; nil until the logs were looked through.
  static func format(_ row: SourceRow, _ session: Session) -> String? {
    session.trail?.sources.first { $0.id == row.id && $0.actCount > 0 }?.format
  }

  /// `M Rq RR`
  static func levels(_ row: SourceRow) -> String {
    let seen = Level.allCases.filter { row.levels[$0] != nil }.map(short)
    return seen.isEmpty ? "-" : seen.joined(separator: " ")
  }

  /// `R S C P`
  static func stages(_ row: SourceRow) -> String {
    let seen = Stage.allCases.filter { row.stages[$0] != nil }.map(short)
    return seen.isEmpty ? "-" : seen.joined(separator: " ")
  }

  private static func short(_ level: Level) -> String {
    switch level {
    case .requestResponse: "RR"
    case .request: "Rq"
    default: String(level.name.prefix(1))
    }
  }

  /// Of the word that tells it from the others.
  private static func short(_ stage: Stage) -> String {
    switch stage {
    case .requestReceived: "R"
    case .responseStarted: "S"
    case .responseComplete: "C"
    case .panic: "P"
    }
  }

  static func some(_ count: Int) -> String { count > 0 ? PaneWords.grouped(count) : "-" }

  /// A question mark until the logs were looked through for them.
  static func holes(_ row: SourceRow, _ session: Session) -> String {
    session.trail.map { some($0.holes(in: row.path, span: row.timeSpan).count) } ?? "?"
  }

  static func skew(_ row: SourceRow, _ session: Session) -> String {
    guard let trail = session.trail else { return "?" }
    guard let skew = trail.skew(of: row.path) else { return "-" }
    let tenths = Int((skew.seconds * 10).rounded())
    return "+\(tenths / 10).\(tenths % 10)s"
  }

  /// All of it in four lines, what no column may have room for among it.
  static func details(_ row: SourceRow, _ session: Session) -> [String] {
    if row.isUnread {
      guard let failure = row.failure else { return [row.path, "nothing is in it", "", ""] }
      let remedy = row.remedy.map { "not as root:  " + $0 } ?? ""
      return [row.path, "not read: \(failure)", "", remedy]
    }
    let isNarrow = session.layout == .compact
    var head: [String?] = [row.path]
    if !row.clusters.isEmpty { head.append("cluster " + row.clusters.joined(separator: ", ")) }
    head += [
      row.compression == "none" ? nil : row.compression, row.isEmpty ? "is empty now" : row.fileState.map(words),
    ]
    if !row.fingerprint.isEmpty { head.append("sha256 of its head \(hexadecimal(row.fingerprint.prefix(4)))..") }
    func counts(_ pairs: [(String, Int?)]) -> String {
      pairs.compactMap { name, count in count.map { "\(name) \(PaneWords.grouped($0))" } }.joined(separator: ", ")
    }
    let levels = counts(Level.allCases.map { (isNarrow ? short($0) : $0.name, row.levels[$0]) })
    let stages = counts(Stage.allCases.map { (isNarrow ? short($0) : $0.name, row.stages[$0]) })
    let span = row.timeSpan.map {
      PaneWords.longTime($0.lowerBound, zone: session.zone) + " to "
        + PaneWords.longTime($0.upperBound, zone: session.zone)
    }
    var lacks: [String] = []
    if let failure = session.failures.reasons[row.path] { lacks.append(failure) }
    if row.truncatedCount > 0 { lacks.append(PaneWords.grouped(row.truncatedCount) + " truncated") }
    if row.duplicateCount > 0 { lacks.append(PaneWords.count(row.duplicateCount, "record") + " known before") }
    let holes = session.trail?.holes(in: row.path, span: row.timeSpan).count ?? 0
    if holes > 0 { lacks.append(PaneWords.count(holes, "hole")) }
    if let skew = session.trail?.skew(of: row.path) {
      lacks.append("clock \(self.skew(row, session)) ahead of \(skew.against)")
    }
    var problems: [String] = []
    if row.malformedCount > 0 { problems.append(PaneWords.grouped(row.malformedCount) + " malformed") }
    if row.foreignCount > 0 { problems.append(PaneWords.grouped(row.foreignCount) + " of another kind") }
    if let line = row.firstProblemLine {
      problems.append("the first at line \(PaneWords.grouped(line)): Enter lists them")
    }
    let kinds = counts(DataKind.allCases.map { ($0.name, row.data[$0]) })
    return [
      head.compactMap(\.self).joined(separator: "  "),
      [kinds, format(row, session) ?? "", levels.isEmpty ? "" : "levels \(levels)"].filter { !$0.isEmpty }
        .joined(separator: "   "),
      [span, stages.isEmpty ? nil : "stages \(stages)"].compactMap(\.self).joined(separator: "   "),
      (lacks + problems).joined(separator: ", "),
    ]
  }

  private static func words(_ state: SourceFileState) -> String {
    switch state {
    case .same: "as it was read"
    case .grown: "has grown since it was read: R reads on"
    case .changed: "is another file now"
    case .gone: "is gone"
    case .pipe: "a pipe"
    }
  }

  private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

extension Session {
  /// `without 2 sources`; nil where none is left out.
  var excludedWords: String? {
    excluded.isEmpty ? nil : "without " + PaneWords.count(excluded.count, "source")
  }
}
