import AuditModel
import EventQueries
import TerminalScreen

/// How the objects are grouped, in the order of the `,` key.
enum ObjectGrouping: String, CaseIterable, Sendable {
  case tier, kind, namespace, actor

  var next: ObjectGrouping {
    let all = ObjectGrouping.allCases
    return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
  }

  var sortWords: String {
    switch self {
    case .tier: "tier, order"
    case .kind: "kind, name"
    case .namespace: "namespace, kind, name"
    case .actor: "last actor, newest first"
    }
  }
}

/// A row of the Policies screen.
enum ObjectRow: Sendable {
  case title(String, count: Int, noun: String)
  case object(ObjectSummary)

  var key: ObjectKey? { if case .object(let object) = self { object.key } else { nil } }

  // MARK: Grouping

  /// - Parameters:
  ///   - shown: the objects to list.
  ///   - all: every object, for the orders of tiers that are not listed themselves.
  static func list(_ shown: [ObjectSummary], all: [ObjectSummary], by grouping: ObjectGrouping) -> [ObjectRow] {
    let tiers = TierOrder(all)
    // Nothing in one cluster comes before or after anything in another.
    let isMixed = Set(all.map(\.key.cluster)).count > 1
    var groups: [Group: [ObjectSummary]] = [:]
    for object in shown {
      var group = group(of: object, by: grouping, tiers)
      if isMixed { group.cluster = object.key.cluster ?? "" }
      groups[group, default: []].append(object)
    }
    return groups.sorted { $0.key < $1.key }.flatMap { group, objects -> [ObjectRow] in
      let sorted = objects.sorted { precedes($0, $1, in: grouping) }
      return [.title(group.titleInCluster, count: objects.count, noun: group.noun)] + sorted.map { .object($0) }
    }
  }

  /// Groups stand by cluster, then rank, then order, then title.
  private struct Group: Hashable, Comparable {
    /// Empty for the objects of records that name none; nil where all objects are of one.
    var cluster: String?
    var rank: Int
    var order: Double = 0
    var title: String
    var noun = "object"
    var titleInCluster: String { title + (cluster.map { $0.isEmpty ? " in no named cluster" : " in " + $0 } ?? "") }
    static func < (left: Group, right: Group) -> Bool {
      if let a = left.cluster, let b = right.cluster, a != b { return a < b }
      return (left.rank, left.order, left.title) < (right.rank, right.order, right.title)
    }
  }

  private static func group(of object: ObjectSummary, by grouping: ObjectGrouping, _ tiers: TierOrder) -> Group {
    let kind = object.key.kind
    switch grouping {
    case .tier: break
    case .kind:
      return Group(
        rank: rank(kind.role), title: object.kind + (object.key.group.isEmpty ? "" : " (\(object.key.group))"))
    case .namespace:
      return object.key.namespace.map { Group(rank: 0, title: "namespace " + $0) }
        ?? Group(rank: 1, title: "cluster-wide")
    case .actor:
      return object.lastActor.map { Group(rank: 0, title: UserName.short($0)) }
        ?? Group(rank: 1, title: "no change in the logs")
    }
    let isCalico = object.key.group.hasSuffix("projectcalico.org")
    switch kind.role {
    case .policy where isCalico, .stagedPolicy:
      let tier = object.tier ?? "default"
      let order = tiers.order(of: tier, object.key.cluster).map { " (order \(orderText($0)))" } ?? ""
      return Group(
        rank: 0, order: tiers.position(of: tier, object.key.cluster), title: "tier \(tier)\(order)", noun: "policy")
    case .policy where object.key.group == "policy.networking.k8s.io":
      return Group(rank: 2, title: "admin policies", noun: "policy")
    case .policy: return Group(rank: 1, title: "network policies (Kubernetes)", noun: "policy")
    case .networkSet: return Group(rank: 3, title: "network sets", noun: "set")
    default:
      let title = object.kind + (object.key.group.isEmpty ? "" : " (\(object.key.group))")
      return Group(rank: 4 + rank(kind.role), title: title)
    }
  }

  private static func rank(_ role: ResourceKind.Role) -> Int {
    switch role {
    case .policy: 0
    case .stagedPolicy: 1
    case .tier: 2
    case .networkSet: 3
    case .related: 4
    case .other: 5
    }
  }

  private static func precedes(_ left: ObjectSummary, _ right: ObjectSummary, in grouping: ObjectGrouping) -> Bool {
    if grouping == .actor, left.lastChange != right.lastChange {
      return (left.lastChange ?? left.firstSeen) > (right.lastChange ?? right.firstSeen)
    }
    if grouping == .namespace, left.kind != right.kind { return left.kind < right.kind }
    // Evaluation order: no order is last; a staged policy stands after the one that it may replace.
    if grouping == .tier, left.order != right.order { return (left.order ?? .infinity) < (right.order ?? .infinity) }
    let a = (left.key.path, left.key.kind.role == .stagedPolicy ? 1 : 0)
    let b = (right.key.path, right.key.kind.role == .stagedPolicy ? 1 : 0)
    return a != b ? a < b : left.key < right.key
  }

  /// Where tiers stand among one another.
  private struct TierOrder {
    private struct Tier: Hashable {
      var name: String
      var cluster: String?
    }
    /// `spec.order` of Tier objects.
    private var orders: [Tier: Double] = [:]

    init(_ all: [ObjectSummary]) {
      for object in all where object.key.kind.role == .tier {
        orders[Tier(name: object.key.name, cluster: object.key.cluster)] = object.order
      }
    }

    func order(of tier: String, _ cluster: String?) -> Double? { orders[Tier(name: tier, cluster: cluster)] }

    /// As logged; else the admin tiers first, then `default` where Calico creates it, tiers of unknown order last.
    func position(of tier: String, _ cluster: String?) -> Double {
      if let order = order(of: tier, cluster) { return order }
      switch tier {
      case "adminnetworkpolicy", "kube-admin": return -Double.infinity
      case "default": return 1_000_000
      case "baselineadminnetworkpolicy", "kube-baseline": return 10_000_000
      default: return 9_999_999
      }
    }
  }

  static func orderText(_ order: Double) -> String {
    order == order.rounded() && abs(order) < 1e15 ? String(Int64(order)) : String(order)
  }

  /// Whether the words, in lower case, all stand somewhere in what the row shows or is called.
  static func has(_ object: ObjectSummary, _ words: [String]) -> Bool {
    let text = searchable(object)
    return words.allSatisfy { text.contains($0) }
  }

  private static func searchable(_ object: ObjectSummary) -> String {
    let kind = object.key.kind
    let parts =
      kind.shortNames + [
        object.kind, kind.resource, object.key.group, object.key.pathInCluster, object.tier ?? "",
        object.lastActor ?? "",
        object.lastActor.map(UserName.short) ?? "", object.isDeleted ? "deleted" : "",
        kind.role == .stagedPolicy ? "staged" : "",
      ]
    return parts.joined(separator: " ").lowercased()
  }

  var plainText: String {
    switch self {
    case .title(let title, _, _): title
    case .object(let object): ObjectRow.searchable(object)
    }
  }

  // MARK: Painting

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

  func render(_ columns: Columns, into screen: inout Screen, x: Int, y: Int, width: Int, session: Session) {
    switch self {
    case .title(let title, let count, let noun):
      screen.heading(
        title, note: PaneWords.count(count, noun, noun == "policy" ? "policies" : nil), y: y, x: x, width: width)
    case .object(let object):
      if columns.hasOrder {
        let order = object.isDeleted ? "x" : object.order.map(ObjectRow.orderText) ?? "-"
        screen.write(
          String(repeating: " ", count: max(0, 7 - order.count)) + order, x: x + columns.order, y: y, width: 7)
      } else if object.isDeleted {
        screen.write("x", x: x + columns.kind - 2, y: y, style: Style(.removed))
      }
      screen.write(object.key.kind.label, x: x + columns.kind, y: y, width: columns.object - columns.kind - 1)
      // What the suffix says, the mark or the kind says too: it goes before the name does.
      let pathWidth = TextWidth.of(object.key.path, asciiOnly: session.asciiOnly)
      var suffix = ObjectRow.suffix(object)
      if columns.objectWidth - suffix.count - 1 < min(pathWidth, ObjectRow.enoughOfName) { suffix = "" }
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

  /// Columns in which a long path is still told from others.
  private static let enoughOfName = 16

  private static func suffix(_ object: ObjectSummary) -> String {
    if object.isDeleted { return "(deleted)" }
    if object.key.kind.role == .stagedPolicy { return "(staged)" }
    return object.key.group == "crd.projectcalico.org" ? "(storage)" : ""
  }

  /// Two lines about the focused object.
  static func summary(_ object: ObjectSummary, _ session: Session) -> [String] {
    let since = session.zone.civil(object.firstSeen)
    var first = "\(object.key.pathInCluster): \(object.kind), \(PaneWords.count(object.lifetimeCount, "lifetime"))"
    first += ", since \(since.dayText) \(since.year); \(PaneWords.count(object.versionCount, "version"))"
    first += ", \(PaneWords.count(object.actCount, "act"))"
    guard let time = object.lastChange else { return [first, "no change of it is in the logs"] }
    let ago = PaneWords.ago(time, now: session.now)
    let verb = object.isDeleted ? "deleted" : "last changed"
    let second = "\(verb) \(PaneWords.longTime(time, zone: session.zone))" + (ago.isEmpty ? "" : ", \(ago)")
    return [first, second + (object.lastActor.map { ", by \(UserName.short($0))" } ?? "")]
  }
}
