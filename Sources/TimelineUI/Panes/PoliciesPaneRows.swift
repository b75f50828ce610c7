import AuditModel
import EventQueries
import ObjectHistory
import TerminalScreen

/// How the rows of the Policies screen are painted.
extension ObjectRow {
  static func orderText(_ order: Double) -> String {
    order == order.rounded() && abs(order) < 1e15 ? String(Int64(order)) : String(order)
  }

  /// Where the columns stand; the object takes what is left.
  struct Columns {
    var order = 1
    var kind = 9
    var object = 15
    var objectWidth: Int
    var versions: Int
    var time: Int
    var by: Int
    var byWidth: Int
    var long: Bool
    /// Whether the order has a column; without one only the mark of the deleted is left of it.
    var hasOrder: Bool

    /// Narrow rows give up the seconds, then the order and the end of the actor; the name keeps its tail.
    init(width: Int) {
      long = width >= 100
      hasOrder = width >= 70
      kind = hasOrder ? 9 : 4
      // Kinds without a short name are long.
      object = width >= 160 ? 29 : width >= 110 ? 24 : long ? 17 : hasOrder ? 16 : 11
      byWidth = long ? min(40, width / 5) : hasOrder ? 14 : 11
      by = width - byWidth - 1
      time = by - (long ? 20 : 13)
      versions = time - 6
      objectWidth = max(8, versions - object - 1)
    }

    func renderTitles(into screen: inout Screen, x: Int, y: Int) {
      if hasOrder { screen.write("order", x: x + order + 2, y: y, style: .heading) }
      for (title, column) in [
        ("kind", kind), ("object", object), ("vers", versions + 1), ("last change", time), ("by", by),
      ] {
        screen.write(title, x: x + column, y: y, style: .heading)
      }
    }
  }

  func render(
    _ catalog: ObjectCatalog, _ columns: Columns, into screen: inout Screen, x: Int, y: Int, width: Int,
    session: Session
  ) {
    switch self {
    case .title(let title, let count, let noun):
      screen.heading(
        title, note: PaneWords.count(count, noun, noun == "policy" ? "policies" : nil), y: y, x: x, width: width)
    case .object(let index):
      let object = catalog.objects[index]
      if columns.hasOrder {
        let order = object.isDeleted ? "x" : object.order.map(ObjectRow.orderText) ?? "-"
        screen.write(
          String(repeating: " ", count: max(0, 7 - order.count)) + order, x: x + columns.order, y: y, width: 7)
      } else if object.isDeleted {
        screen.write("x", x: x + columns.kind - 2, y: y, style: Style(.removed))
      }
      let kindWidth = columns.object - columns.kind - 1
      screen.write(object.key.kind.label(width: kindWidth), x: x + columns.kind, y: y, width: kindWidth)
      // What the suffix says, the mark or the kind says too: it goes before the name does.
      let pathWidth = TextWidth.of(object.key.path, asciiOnly: session.asciiOnly)
      var suffix = ObjectRow.suffix(object)
      if columns.objectWidth - suffix.count - 1 < pathWidth { suffix = "" }
      let room = columns.objectWidth - (suffix.isEmpty ? 0 : suffix.count + 1)
      let used = screen.write(object.key.path, x: x + columns.object, y: y, width: room, cut: .middle)
      if !suffix.isEmpty {
        let style = object.isDeleted ? Style(.removed) : Style.hint
        screen.write(suffix, x: x + columns.object + used + 1, y: y, style: style, width: suffix.count)
      }
      let versions = PaneWords.grouped(object.versionCount)
      screen.write(
        String(repeating: " ", count: max(0, 5 - versions.count)) + versions, x: x + columns.versions, y: y, width: 5)
      let time = object.lastChange.map {
        columns.long
          ? String(PaneWords.longTime($0, zone: session.zone).prefix(19))
          : PaneWords.minuteTime($0, zone: session.zone, now: session.now)
      }
      screen.write(time ?? "-", x: x + columns.time, y: y)
      screen.write(object.lastActor.map(UserName.short) ?? "-", x: x + columns.by, y: y, width: columns.byWidth)
    }
  }

  private static func suffix(_ object: ObjectSummary) -> String {
    if object.isDeleted { return "(deleted)" }
    if object.key.kind.role == .stagedPolicy { return "(staged)" }
    return object.key.group == "crd.projectcalico.org" ? "(storage)" : ""
  }

  /// Two lines about the focused object.
  static func summary(_ object: ObjectSummary, _ findings: [Finding], _ session: Session) -> [String] {
    let since = session.zone.civil(object.firstSeen)
    var first = "\(object.key.pathInCluster): \(object.kind), \(PaneWords.count(object.lifetimeCount, "lifetime"))"
    first += ", since \(since.dayText) \(since.year); \(PaneWords.count(object.versionCount, "version"))"
    first += ", \(PaneWords.count(object.actCount, "act"))"
    guard let time = object.lastChange else { return [first, "no change of it is in the logs"] }
    let ago = PaneWords.ago(time, now: session.now)
    let verb = object.isDeleted ? "deleted" : "last changed"
    let second = "\(verb) \(PaneWords.longTime(time, zone: session.zone))" + (ago.isEmpty ? "" : ", \(ago)")
    let actor = object.lastActor.map { ", by \(UserName.short($0))" } ?? ""
    return [first, ([second + actor] + FindingWords.counts(findings)).joined(separator: "; ")]
  }
}
