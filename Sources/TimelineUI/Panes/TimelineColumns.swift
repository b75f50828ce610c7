import AuditModel
import EventQueries
import TerminalScreen

/// The columns of a row of the Timeline and how many cells each has at a width.
///
/// Where the logs are of several clusters each row names its own.
///
/// When room gets scarce the fraction of a second goes first, then the word for the outcome (the code's column and
/// the object's then tell it), then the code; time, verb, the tail of the object's name and the head of the actor never do.
struct TimelineColumns: Sendable {
  enum Column: CaseIterable, Hashable, Sendable {
    case time, what, code, outcome, kind, cluster, object, actor

    var title: String {
      switch self {
      case .time: "time"
      case .what: "what"
      case .code: "code"
      case .outcome: "outcome"
      case .kind: "kind"
      case .cluster: "cluster"
      case .object: "object"
      case .actor: "actor"
      }
    }
  }
  struct Place: Sendable {
    var column: Column
    var x: Int
    var width: Int
  }
  /// Left to right; x counts from the left border of the list.
  var places: [Place] = []
  var showsFraction: Bool
  var showsOutcome: Bool

  /// - Parameter clusters: those that rows may be from; empty where all are from one.
  init(width: Int, clusters: [String] = []) {
    showsFraction = width >= 112
    showsOutcome = width >= 100
    let showsCode = width >= 68
    var x = 2
    func put(_ column: Column, _ width: Int) {
      places.append(Place(column: column, x: x, width: max(1, width)))
      x += max(1, width) + 1
    }
    put(.time, showsFraction ? 12 : 8)
    put(.what, 6)
    if showsCode { put(.code, 4) }
    if showsOutcome { put(.outcome, 8) }
    // The whole name of every kind in the table, most of them, or short ones.
    put(.kind, width >= 144 ? 18 : width >= 106 ? 13 : 6)
    if let longest = clusters.map({ TextWidth.of($0) }).max() {
      put(.cluster, min(max(7, longest), showsOutcome ? 16 : showsCode ? 10 : 7))
    }
    let rest = width - x - 1
    put(.object, rest * 61 / 100)
    put(.actor, width - x)
  }

  /// How much of the selected row is shown in reverse: its mark, time and verb. A cursor that moves one row has two
  /// rows written anew, and whole ones cost a slow line more than all else on the screen.
  func selectionWidth(of act: Act?) -> Int {
    guard let what = places.first(where: { $0.column == .what }) else { return 1 }
    return what.x + (act?.facts.map { whatWidth(of: $0, at: what) } ?? what.width)
  }

  func contains(_ column: Column) -> Bool { places.contains { $0.column == column } }

  // MARK: Painting

  /// - Parameter shown: the only log whose rows are listed; nil: several.
  func renderHeader(into screen: inout Screen, area: Rect, focused: Column, shown: DataKind?) {
    screen.fill(area)
    for place in places(of: shown, isAlone: shown != nil) {
      let style = place.column == focused ? Style.heading.underlined : Style.heading
      screen.write(
        place.column.title(in: shown), x: area.x + place.x, y: area.y, style: style,
        width: min(place.width + 1, area.width - place.x))
    }
  }

  func render(_ act: Act, into screen: inout Screen, x: Int, y: Int, zone: Zone, shown: DataKind?) {
    if let facts = act.facts {
      return render(facts, of: act, into: &screen, x: x, y: y, zone: zone, isAlone: shown == facts.data)
    }
    let tone = Self.style(of: act)
    for place in places {
      let at = x + place.x
      switch place.column {
      case .time:
        let civil = zone.civil(act.time)
        let milliseconds = String(1000 + civil.microsecond / 1000).dropFirst()
        screen.write(civil.clockText + (showsFraction ? "." + milliseconds : ""), x: at, y: y, width: place.width)
      case .what: screen.write(Self.what(act), x: at, y: y, style: tone, width: place.width)
      case .code: screen.write(code(act), x: at, y: y, style: tone, width: place.width)
      case .outcome:
        screen.write(Self.outcome(act.outcome), x: at, y: y, style: tone, width: place.width)
      case .kind: screen.write(Self.kind(act, width: place.width), x: at, y: y, width: place.width)
      case .cluster: screen.write(act.cluster ?? "-", x: at, y: y, width: place.width)
      case .object: renderObject(act, into: &screen, x: at, y: y, width: place.width, style: tone)
      case .actor: Self.renderActor(act, into: &screen, x: at, y: y, width: place.width)
      }
    }
  }

  /// The name, and behind it what the row would not tell otherwise: its subresource, and an outcome other than a change.
  private func renderObject(_ act: Act, into screen: inout Screen, x: Int, y: Int, width: Int, style: Style) {
    var words: [String] = []
    if let part = act.object?.subresource, !part.isEmpty, !act.isConnect { words.append(part) }
    if !showsOutcome, !contains(.code), let word = Self.outcomeWord(act.outcome), word != words.last {
      words.append(word)
    }
    let suffix = words.isEmpty ? "" : " (" + words.joined(separator: ", ") + ")"
    let suffixWidth = min(width / 2, TextWidth.of(suffix, asciiOnly: screen.asciiOnly))
    let name = Self.fitted(
      Self.object(act), namespace: act.key?.namespace, width: width - suffixWidth, asciiOnly: screen.asciiOnly)
    let used = screen.write(name, x: x, y: y, width: width - suffixWidth, cut: .middle)
    if !suffix.isEmpty { screen.write(suffix, x: x + used, y: y, style: style, width: width - used) }
  }

  private static func renderActor(_ act: Act, into screen: inout Screen, x: Int, y: Int, width: Int) {
    let style: Style = isHuman(act) ? Style(.human) : Style(.machine)
    screen.write(actor(act), x: x, y: y, style: style, width: width)
  }

  // MARK: Words

  /// The code; where no column has the outcome, a word in its place or `!` behind it says what a code alone does not.
  private func code(_ act: Act) -> String {
    let code = act.code.map(String.init)
    if showsOutcome { return code ?? "-" }
    switch act.outcome {
    case .noop: return "noop"
    case .dryrun: return "dry"
    case .unknown: return "none"
    case .conflict, .denied, .failed: return (code ?? "") + "!"
    case .changed, .subresource, .connect, .read, .observed: return code ?? "-"
    }
  }

  static func what(_ act: Act) -> String {
    switch act.what {
    case "deletecollection": "delcol"
    case "portforward": "portfw"
    default: act.what
    }
  }

  static func kind(_ act: Act, width: Int) -> String {
    act.object.map { ResourceKind.of(group: $0.group, resource: $0.resource).label(width: width) } ?? "-"
  }

  /// `shop/allow-web`; `shop/*` for an act on many, `-` for one on none.
  static func object(_ act: Act) -> String {
    guard let object = act.object else { return "-" }
    if act.verb != "deletecollection", let key = act.key { return key.path }
    return object.namespace.flatMap { $0.isEmpty ? nil : $0 + "/*" } ?? "*"
  }

  static func actor(_ act: Act) -> String { act.actorText }

  /// A long path loses the end of its namespace before the middle of its name.
  static func fitted(_ path: String, namespace: String?, width: Int, asciiOnly: Bool) -> String {
    guard let namespace, path.hasPrefix(namespace + "/") else { return path }
    let excess = TextWidth.of(path, asciiOnly: asciiOnly) - width
    guard excess > 0, namespace.count > 6 else { return path }
    let kept = max(5, namespace.count - excess - 1)
    guard kept < namespace.count - 1 else { return path }
    return namespace.prefix(kept) + "~" + path.dropFirst(namespace.count)
  }

  /// In at most eight characters, as the line of levels has it; a change goes without saying.
  private static func outcome(_ outcome: Outcome) -> String {
    switch outcome {
    case .changed: ""
    case .subresource: "sub"
    default: outcome.name
    }
  }

  /// What is said of an outcome where there is no column for it; a change goes without saying.
  static func outcomeWord(_ outcome: Outcome) -> String? {
    switch outcome {
    case .changed, .connect, .subresource, .read, .observed: nil
    case .dryrun: "dry run"
    case .unknown: "no answer"
    case .noop, .conflict, .denied, .failed: outcome.name
    }
  }

  static func style(of act: Act) -> Style {
    if let facts = act.facts { return facts.isFailure ? .failed : .plain }
    return switch act.outcome {
    case .denied, .failed: .failed
    case .conflict, .unknown: Style(.failed)
    case .noop, .dryrun, .subresource, .read: Style(.hint)
    case .connect: Style(.notice)
    case .observed: .plain
    case .changed:
      switch act.verb {
      case "create": Style(.added)
      case "delete", "deletecollection": Style(.removed)
      default: Style(.edited)
      }
    }
  }

  /// Whether a person acted, as far as names tell: Kubernetes' own identities all begin with `system:`.
  static func isHuman(_ act: Act) -> Bool { act.by.map { !$0.hasPrefix("system:") } ?? false }
}
