public import EventQueries
import AuditModel

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

/// Every object of the logs as the Policies screen lists them: what its bar looks through and the order in each grouping
/// are made once, away from the keyboard, for there may be many tens of thousands.
public struct ObjectCatalog: Sendable {
  /// In order of keys.
  let objects: [ObjectSummary]
  private let texts: TextList
  private let arrangements: [ObjectGrouping: Arrangement]
  private let places: [ObjectKey: Int]

  /// Indices of all objects, group by group.
  private struct Arrangement: Sendable {
    var groups: [ObjectGroup]
    var members: [[Int]]
  }

  public init(_ objects: [ObjectSummary]) {
    self.objects = objects
    texts = TextList(objects.lazy.map(Self.searchable))
    places = Dictionary(objects.indices.lazy.map { (objects[$0].key, $0) }) { first, _ in first }
    let order = ObjectOrder(objects)
    var made: [ObjectGrouping: Arrangement] = [:]
    for grouping in ObjectGrouping.allCases {
      var members: [ObjectGroup: [Int]] = [:]
      for index in objects.indices { members[order.group(of: index, by: grouping), default: []].append(index) }
      let sorted = members.sorted { $0.key < $1.key }
      made[grouping] = Arrangement(
        groups: sorted.map(\.key),
        members: sorted.map { $0.value.sorted { order.precedes($0, $1, in: grouping) } })
    }
    arrangements = made
  }

  /// Index of the object with a key.
  func index(of key: ObjectKey) -> Int? { places[key] }

  /// The objects that have all the words, in groups; a group without any is left out.
  func list(by grouping: ObjectGrouping, words: [String]) -> ObjectList {
    var list = ObjectList()
    guard let arrangement = arrangements[grouping] else { return list }
    let texts = texts.having(words)
    for (group, members) in zip(arrangement.groups, arrangement.members) {
      list.append(group, words.isEmpty ? members : members.filter { texts[$0] })
    }
    return list
  }

  /// For each object whether a text, in lower case, stands in what its row shows or is called.
  func having(_ text: String) -> [Bool] { texts.having([text]) }

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
}

/// The rows of the Policies screen.
struct ObjectList: Sendable {
  private(set) var rows: [ObjectRow] = []
  private(set) var objectCount = 0
  /// Indices of the rows that are titles, ascending.
  private(set) var titles: [Int] = []

  fileprivate mutating func append(_ group: ObjectGroup, _ objects: [Int]) {
    guard !objects.isEmpty else { return }
    titles.append(rows.count)
    rows.append(.title(group.titleInCluster, count: objects.count, noun: group.noun))
    rows += objects.lazy.map { .object($0) }
    objectCount += objects.count
  }

  /// How many objects stand in the rows up to one.
  func rank(of row: Int) -> Int { min(row + 1, rows.count) - titles.count { $0 <= row } }
}

/// A row of the Policies screen.
enum ObjectRow: Hashable, Sendable {
  case title(String, count: Int, noun: String)
  /// Index in the catalog.
  case object(Int)

  var object: Int? { if case .object(let index) = self { index } else { nil } }
}

/// Objects under one title. Groups stand by cluster, then rank, then order, then title.
struct ObjectGroup: Hashable, Comparable, Sendable {
  /// Empty for the objects of records that name none; nil where all objects are of one.
  var cluster: String?
  var rank: Int
  var order: Double = 0
  var title: String
  var noun = "object"
  var titleInCluster: String { title + (cluster.map { $0.isEmpty ? " in no named cluster" : " in " + $0 } ?? "") }

  static func < (left: ObjectGroup, right: ObjectGroup) -> Bool {
    if let a = left.cluster, let b = right.cluster, a != b { return a < b }
    return (left.rank, left.order, left.title) < (right.rank, right.order, right.title)
  }
}

/// In which group an object stands, and before which others.
private struct ObjectOrder {
  private let objects: [ObjectSummary]
  /// Of each object; to make them at each comparison takes longer than to compare them.
  private let paths: [String]
  private let isStaged: [Bool]
  private let tiers: TierOrder
  /// Nothing in one cluster comes before or after anything in another.
  private let isMixed: Bool

  init(_ objects: [ObjectSummary]) {
    self.objects = objects
    paths = objects.map(\.key.path)
    isStaged = objects.map { $0.key.kind.role == .stagedPolicy }
    tiers = TierOrder(objects)
    isMixed = Set(objects.lazy.map(\.key.cluster)).count > 1
  }

  func group(of index: Int, by grouping: ObjectGrouping) -> ObjectGroup {
    var group = group(of: objects[index], by: grouping)
    if isMixed { group.cluster = objects[index].key.cluster ?? "" }
    return group
  }

  private func group(of object: ObjectSummary, by grouping: ObjectGrouping) -> ObjectGroup {
    let kind = object.key.kind
    switch grouping {
    case .tier: break
    case .kind:
      return ObjectGroup(
        rank: rank(kind.role), title: object.kind + (object.key.group.isEmpty ? "" : " (\(object.key.group))"))
    case .namespace:
      return object.key.namespace.map { ObjectGroup(rank: 0, title: "namespace " + $0) }
        ?? ObjectGroup(rank: 1, title: "cluster-wide")
    case .actor:
      return object.lastActor.map { ObjectGroup(rank: 0, title: UserName.short($0)) }
        ?? ObjectGroup(rank: 1, title: "no change in the logs")
    }
    let isCalico = object.key.group.hasSuffix("projectcalico.org")
    switch kind.role {
    case .policy where isCalico, .stagedPolicy:
      let tier = object.tier ?? "default"
      let order = tiers.order(of: tier, object.key.cluster).map { " (order \(ObjectRow.orderText($0)))" } ?? ""
      return ObjectGroup(
        rank: 0, order: tiers.position(of: tier, object.key.cluster), title: "tier \(tier)\(order)", noun: "policy")
    case .policy where object.key.group == "policy.networking.k8s.io":
      return ObjectGroup(rank: 2, title: "admin policies", noun: "policy")
    case .policy: return ObjectGroup(rank: 1, title: "network policies (Kubernetes)", noun: "policy")
    case .networkSet: return ObjectGroup(rank: 3, title: "network sets", noun: "set")
    default:
      let title = object.kind + (object.key.group.isEmpty ? "" : " (\(object.key.group))")
      return ObjectGroup(rank: 4 + rank(kind.role), title: title)
    }
  }

  private func rank(_ role: ResourceKind.Role) -> Int {
    switch role {
    case .policy: 0
    case .stagedPolicy: 1
    case .tier: 2
    case .networkSet: 3
    case .related: 4
    case .other: 5
    }
  }

  /// Looks at the objects where they are: to copy one costs more than to compare it.
  func precedes(_ one: Int, _ other: Int, in grouping: ObjectGrouping) -> Bool {
    switch grouping {
    case .actor:
      let times = (lastSeen(one), lastSeen(other))
      if times.0 != times.1 { return times.0 > times.1 }
    case .namespace:
      if objects[one].kind != objects[other].kind { return objects[one].kind < objects[other].kind }
    case .tier:
      // Evaluation order: no order is last; a staged policy stands after the one that it may replace.
      let orders = (objects[one].order ?? .infinity, objects[other].order ?? .infinity)
      if orders.0 != orders.1 { return orders.0 < orders.1 }
    case .kind: break
    }
    if paths[one] != paths[other] { return paths[one] < paths[other] }
    return isStaged[one] != isStaged[other] ? isStaged[other] : objects[one].key < objects[other].key
  }

  private func lastSeen(_ index: Int) -> Timestamp { objects[index].lastChange ?? objects[index].firstSeen }
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
