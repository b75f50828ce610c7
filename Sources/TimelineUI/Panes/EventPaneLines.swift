import AuditModel
import ManifestDiff
import ObjectHistory
import TerminalScreen

/// A line of the Event screen.
struct EventLine: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    case heading, field, change, yaml, raw
  }
  var kind: Kind
  /// The same line keeps its name when lines above it fold or change.
  var id: String
  /// A word or a mark at the left: `when`, `+`, `v`.
  var label = ""
  var text: String
  /// What is copied; the text unless told otherwise.
  var value: String
  /// At the right end of a heading.
  var note = ""
  var style: Style = .plain
  /// What Enter folds here.
  var fold: String?
  /// The text that is folded into the line, for searching.
  var folded = ""
  /// A field of the filter language that the line shows.
  var field: String?

  init(
    _ kind: Kind, id: String, label: String = "", text: String, value: String? = nil, note: String = "",
    style: Style = .plain, fold: String? = nil, field: String? = nil
  ) {
    self.kind = kind
    self.id = id
    self.label = label
    self.text = text
    self.value = value ?? text
    self.note = note
    self.style = style
    self.fold = fold
    self.field = field
  }

  /// Columns left of the text.
  static func indent(_ kind: Kind) -> Int {
    switch kind {
    case .heading: 0
    case .field: 9
    case .change, .yaml: 3
    case .raw: 1
    }
  }

  func render(into screen: inout Screen, x: Int, y: Int, width: Int) {
    if kind == .heading { return screen.heading(text, note: note, y: y, x: x, width: width) }
    screen.write(label, x: x + 1, y: y, style: kind == .field ? .heading : style, width: EventLine.indent(kind) - 1)
    let indent = EventLine.indent(kind)
    screen.write(text, x: x + indent, y: y, style: style, width: width - indent - 1)
  }
}

/// Makes the lines of the Event screen.
enum EventLines {
  struct Options: Hashable, Sendable {
    var showsRaw = false
    var showsRequest = false
    var showsMachineFields = false
    var wraps = false
    /// Names of sections and paths of fields that are folded.
    var folded: Set<String> = []
  }

  /// What the act changed, as far as it is known.
  enum Changes: Sendable {
    case reading
    case unknown(String)
    case known(title: String, fields: [FieldChange], hiddenMachineFields: Int)

    init(_ log: ChangeLog, _ id: ActID, showsMachineFields: Bool) {
      guard let index = log.index(of: id) else {
        self = .unknown("This act is not in the change log of its object.")
        return
      }
      let revision = log.history.revisions[index]
      guard let sides = log.sides(of: index) else {
        self = .unknown("This act made no version: \(RevisionWords.outcome(revision) ?? "nothing changed").")
        return
      }
      let versions = PaneWords.count(log.versionNumbers.count, "version")
      if revision.operation == .delete {
        let before = sides.left.revision.map { "the state before is r\($0)" } ?? "the state before was not logged"
        self = .unknown("The object was deleted; \(before).")
        return
      }
      let number = revision.number.map { "r\($0)" } ?? ""
      guard let manifest = revision.manifest else {
        self = .unknown("\(number) of \(versions): \(RevisionWords.missing(revision)).")
        return
      }
      guard let previous = log.changes[index].previous else {
        let words = revision.operation == .create ? "new" : "the first that the log shows"
        self = .known(title: "\(number) of \(versions), \(words)", fields: [], hiddenMachineFields: 0)
        return
      }
      let diff = VersionDiff(
        from: log.history.revisions[previous].manifest, to: manifest,
        options: VersionDiff.Options(showsMachineFields: showsMachineFields))
      let against = log.history.revisions[previous].number.map { "r\($0)" } ?? "the one before"
      self = .known(
        title: "\(number) of \(versions), against \(against)", fields: diff.fields,
        hiddenMachineFields: diff.hiddenMachineFields)
    }
  }

  /// The body that is shown: the response unless there is none or the request is asked for.
  static func body(_ detail: ActDetail, _ options: Options) -> (name: String, value: JSONValue)? {
    let request = detail.request.map { (name: "request", value: $0) }
    let response = detail.response.map { (name: "response", value: $0) }
    // Where Calico's API logged no answer, its storage tells what came of the request.
    let stored = detail.stored.map { (name: "stored by Calico", value: $0) }
    return options.showsRequest ? request ?? response ?? stored : response ?? stored ?? request
  }

  static func make(_ detail: ActDetail, _ changes: Changes, _ options: Options, _ session: Session) -> [EventLine] {
    let sheet = FactSheet(detail, zone: session.zone)
    let lines =
      options.showsRaw
      ? records(detail, session)
      : sheet.map { facts($0, options) } ?? fields(detail, session) + change(detail, changes, options, session)
        + bodyLines(detail, options)
    // What is said in sentences is wrapped unless asked not to; YAML the other way round.
    let wraps = options.wraps != (sheet != nil && !options.showsRaw)
    return lines.flatMap { line in
      wraps || sheet == nil && wrapsAlways(line, session) ? wrapped(line, session) : [line]
    }
  }

  /// Who and how is read whole where there are rows for it, and what changed everywhere; what an attacker made endless waits for `w`.
  private static func wrapsAlways(_ line: EventLine, _ session: Session) -> Bool {
    (line.kind == .change || line.kind == .field && session.layout != .compact)
      && line.text.utf8.count <= 6 * session.size.columns
  }

  private static func wrapped(_ line: EventLine, _ session: Session) -> [EventLine] {
    guard line.kind != .heading else { return [line] }
    let width = session.size.columns - EventLine.indent(line.kind) - 1
    let hanging = 2
    let pieces = Wrapping.pieces(
      line.text, first: width, rest: width - hanging, atBlanks: line.kind != .raw, asciiOnly: session.asciiOnly)
    return pieces.enumerated().map { index, piece in
      guard index > 0 else {
        var first = line
        first.text = piece
        return first
      }
      return EventLine(
        line.kind, id: "\(line.id)\\\(index)", text: "\\" + String(repeating: " ", count: hanging - 1) + piece,
        value: line.value, style: line.style, fold: line.fold, field: line.field)
    }
  }

  // MARK: Who and how

  private static func fields(_ detail: ActDetail, _ session: Session) -> [EventLine] {
    let act = detail.act
    var lines: [EventLine] = []
    func add(_ label: String, _ parts: [String?], value: String?, field: String? = nil, style: Style = .plain) {
      let text = parts.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: "   ")
      let id = label + String(lines.count)
      lines.append(EventLine(.field, id: id, label: label, text: text, value: value, style: style, field: field))
    }
    let time = PaneWords.longTime(act.time, zone: session.zone, microseconds: true)
    add(
      "when",
      [
        time, "received" + (act.took.map { "; done \(duration($0))" } ?? ""), PaneWords.ago(act.time, now: session.now),
      ],
      value: act.time.rfc3339)
    let groups = act.groups.isEmpty ? nil : "groups: " + act.groups.joined(separator: ", ")
    add("actor", [act.by ?? "(nobody: authentication failed)", groups], value: act.by, field: "by")
    add("  as", [act.asUser ?? "-", act.asUser == nil ? "(no impersonation)" : nil], value: act.asUser, field: "as")
    add(
      "from", [act.ips.isEmpty ? "-" : act.ips.joined(separator: ", "), act.agent.map { "agent: " + $0 }],
      value: act.ips.joined(separator: ", "), field: "ip")
    add("request", [act.verb + " " + detail.requestURI], value: detail.requestURI, field: "verb")
    let isRefused = act.outcome == .denied || act.outcome == .failed
    add(
      "result",
      [
        act.code.map(String.init) ?? "no answer logged", OutcomeWords.words(act), OutcomeWords.decision(act),
        detail.message,
      ],
      value: act.code.map(String.init), field: "code", style: isRefused ? .failed : .plain)
    if let cluster = act.cluster { add("cluster", [cluster], value: cluster, field: "cluster") }
    add(
      "audit", ["id " + (act.auditID ?? "-"), act.level.map { "level " + $0.name }], value: act.auditID,
      field: "auditid")
    let stages = act.stages.stages
    let joined = stages.count > 1 ? "joined from \(stages.count) stages" : stages.first.map { "stage " + $0.name }
    let isStored = detail.records.contains(where: \.isStorageWrite)
    add("body", [bodyWords(detail), joined, isStored ? "what Calico stored was logged too" : nil], value: nil)
    let source = act.source
    let digest = act.contentID.description
    let sum = "sha256 \(digest.prefix(4))..\(digest.suffix(2))"
    // Of a long path the end says more, and the name all of it more than the sum.
    let room = session.size.columns - EventLine.indent(.field) - sum.count - place(source).count + source.file.count - 4
    let name = source.file.split(separator: "/").last ?? ""
    let file =
      session.layout == .compact ? PaneWords.tail(source.file, columns: max(name.count + 1, room)) : source.file
    add(
      "source", [place(source, named: file), sum],
      value: "\(source.file):\(source.line)", field: "src_file")
    for (name, value) in detail.annotations where !name.hasPrefix("authorization.k8s.io/") {
      lines.append(EventLine(.field, id: "annotation " + name, label: "annot", text: "\(name): \(value)", value: value))
    }
    return lines
  }

  /// `audit.log line 48,211 bytes 61,204,118+9,412`
  private static func place(_ source: SourcePosition, named name: String? = nil) -> String {
    let bytes = PaneWords.grouped(source.offset) + "+" + PaneWords.grouped(source.length)
    return "\(name ?? source.file) line \(PaneWords.grouped(source.line)) bytes \(bytes)"
  }

  private static func duration(_ seconds: Double) -> String {
    let sign = seconds < 0 ? "-" : "+"
    let size = abs(seconds)
    if size < 1 { return "\(sign)\(Int((size * 1_000).rounded())) ms" }
    if size < 600 { return "\(sign)\(Double(Int((size * 10).rounded())) / 10) s" }
    return "\(sign)\(Int((size / 60).rounded())) min"
  }

  private static func bodyWords(_ detail: ActDetail) -> String {
    let act = detail.act
    if act.truncated { return "T content not logged (truncated)" }
    switch (detail.response, detail.request) {
    case (.some, _): return "response logged, not truncated"
    case (nil, _) where detail.stored != nil: return "R as Calico stored it"
    case (nil, .some): return act.level == .request ? "request only (level Request)" : "request only"
    case (nil, nil): return act.level == .metadata ? "M content not logged (level Metadata)" : "none logged"
    }
  }

  // MARK: What changed

  private static func change(
    _ detail: ActDetail, _ changes: Changes, _ options: Options, _ session: Session
  ) -> [EventLine] {
    guard detail.act.key != nil, detail.act.isWrite else { return [] }
    var title = "change"
    var lines: [EventLine] = []
    switch changes {
    case .reading: lines.append(EventLine(.change, id: "change.", text: "reading the change log ...", style: .hint))
    case .unknown(let why): lines.append(EventLine(.change, id: "change.", text: why))
    case .known(let versions, let fields, let hidden):
      title += " (\(versions))"
      let width = min(40, fields.map(\.path.count).max() ?? 0)
      for (index, field) in fields.enumerated() { lines += self.lines(of: field, index, width, session) }
      if fields.isEmpty, hidden > 0 {
        lines.append(EventLine(.change, id: "change.", text: "machine fields only (M shows them)"))
      }
    }
    return section("change", title, note: "d=diff", lines, options)
  }

  /// One line; where an old and a new value do not fit beside each other, one for the path and one for each.
  private static func lines(of field: FieldChange, _ index: Int, _ width: Int, _ session: Session) -> [EventLine] {
    let room = session.size.columns - EventLine.indent(.change) - 1
    let aligned = line(field, index, width)
    guard TextWidth.of(aligned.text, asciiOnly: session.asciiOnly) > room else { return [aligned] }
    let close = line(field, index, 0)
    guard field.operation == .replace, TextWidth.of(close.text, asciiOnly: session.asciiOnly) > room else {
      return [close]
    }
    func value(_ mark: String, _ value: JSONValue?, _ style: Style) -> EventLine {
      EventLine(
        .change, id: "change.\(index)\(mark)", label: mark, text: "  " + PaneWords.value(value), value: close.value,
        style: style)
    }
    return [
      EventLine(.change, id: "change.\(index)", text: field.path, value: close.value),
      value("-", field.old, Style(.removed)), value("+", field.new, Style(.added)),
    ]
  }

  private static func line(_ field: FieldChange, _ index: Int, _ width: Int) -> EventLine {
    let path = field.path + String(repeating: " ", count: max(0, width - field.path.count)) + "  "
    let (mark, words, style): (String, String, Style) =
      switch field.operation {
      case .add: ("+", PaneWords.value(field.new), Style(.added))
      case .remove: ("-", PaneWords.value(field.old), Style(.removed))
      case .replace: ("", PaneWords.value(field.old) + " -> " + PaneWords.value(field.new), .plain)
      case .move: ("", "moved from " + (field.from ?? "?"), Style(.moved))
      }
    return EventLine(
      .change, id: "change.\(index)", label: mark, text: path + words, value: field.path + " " + words, style: style)
  }

  // MARK: Body

  private static func bodyLines(_ detail: ActDetail, _ options: Options) -> [EventLine] {
    guard let body = body(detail, options) else {
      let why =
        detail.act.truncated
        ? "The body is not there: content not logged (truncated)."
        : detail.act.level == .metadata
          ? "The body is not there: content not logged (level Metadata)." : "The body is not there: none was logged."
      return section("body", "body", note: "J=raw JSON", [EventLine(.yaml, id: "body.", text: why)], options)
    }
    let machine =
      options.showsMachineFields ? (manifest: body.value, count: 0) : MachineFields.removed(from: body.value)
    let text = ManifestText(machine.manifest)
    var lines: [EventLine] = []
    var skipped = 0
    for (index, line) in text.lines.enumerated() {
      guard skipped == 0 else {
        skipped -= 1
        continue
      }
      let fold = line.childCount > 0 ? "\(body.name) \(line.path)" : nil
      var shown = EventLine(
        .yaml, id: "\(body.name).\(index)", text: line.text, value: value(of: line.text), fold: fold)
      if let fold, options.folded.contains(fold) {
        shown.label = ">"
        shown.folded = text.lines[(index + 1)...].prefix(line.childCount).map(\.text).joined(separator: "\n")
        shown.text += " (\(PaneWords.count(line.childCount, "line")))"
        skipped = line.childCount
      } else if fold != nil, !line.text.hasPrefix(" ") {
        shown.label = "v"
      }
      lines.append(shown)
    }
    let other =
      detail.request != nil && detail.response != nil
      ? "Tab=" + (body.name == "request" ? "response" : "request") + "  " : ""
    return section("body", "body (\(body.name))", note: other + "y=copy  J=raw JSON  M=machine fields", lines, options)
  }

  /// What follows the key of a YAML line; the whole line where there is none.
  private static func value(of line: String) -> String {
    let trimmed = line.drop { $0 == " " || $0 == "-" }
    for index in trimmed.indices where trimmed[index] == ":" {
      let next = trimmed.index(after: index)
      if next < trimmed.endIndex, trimmed[next] == " " { return String(trimmed[trimmed.index(after: next)...]) }
    }
    return String(trimmed)
  }

  static func section(
    _ name: String, _ title: String, note: String, _ lines: [EventLine], _ options: Options
  ) -> [EventLine] {
    let isFolded = options.folded.contains(name)
    let folded = isFolded ? " (\(PaneWords.count(lines.count, "line")) folded)" : ""
    var heading = EventLine(.heading, id: name, text: title + folded, note: isFolded ? "Enter=show" : note, fold: name)
    if isFolded { heading.folded = lines.map(\.text).joined(separator: "\n") }
    return isFolded ? [heading] : [heading] + lines
  }

  // MARK: Records

  private static func records(_ detail: ActDetail, _ session: Session) -> [EventLine] {
    var lines: [EventLine] = []
    for (index, record) in detail.records.enumerated() {
      let stage = detail.act.facts == nil ? record.stage.name : detail.act.data.name + " record"
      let title =
        "\(index + 1) of \(detail.records.count): \(stage)"
        + (record.isStorageWrite ? ", the write to Calico's storage" : "")
      lines.append(EventLine(.heading, id: "record \(index)", text: title, note: "y=copy"))
      lines.append(EventLine(.raw, id: "record \(index) source", text: place(record.source), style: .hint))
      let text = String(decoding: record.bytes, as: UTF8.self)
      let width = max(20, session.size.columns - 2)
      for (piece, part) in Wrapping.pieces(
        text, first: width, rest: width, atBlanks: false, asciiOnly: session.asciiOnly
      ).enumerated() {
        lines.append(EventLine(.raw, id: "record \(index).\(piece)", text: part, value: text))
      }
    }
    if lines.isEmpty {
      lines.append(EventLine(.raw, id: "none", text: "The records are not there: the source cannot be read any more."))
    }
    return lines
  }
}

/// What came of an act beside its code, and why it was let through or not.
enum OutcomeWords {
  static func words(_ act: Act) -> String? {
    switch act.outcome {
    case .changed, .read, .connect, .subresource, .observed: nil
    case .noop: "no-op: nothing changed"
    case .dryrun: "dry run: nothing was kept"
    case .conflict: "conflict"
    case .denied: "denied"
    case .failed: "failed"
    case .unknown: "what came of it was not logged"
    }
  }

  /// `allowed by ClusterRoleBinding ...`; nil where the log says nothing about it.
  static func decision(_ act: Act) -> String? {
    guard let reason = act.reason, !reason.isEmpty else {
      return act.decision.map { $0 == "allow" ? "allowed" : $0 == "forbid" ? "forbidden" : $0 }
    }
    switch act.decision {
    case "allow"?:
      // The authorizer's own words say it already.
      let prefix = "RBAC: allowed by "
      return "allowed by " + (reason.hasPrefix(prefix) ? String(reason.dropFirst(prefix.count)) : reason)
    case "forbid"?: return "forbidden: " + reason
    default: return reason
    }
  }
}
