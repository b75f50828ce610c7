import AuditModel
import EventQueries
import ObjectHistory
import TerminalScreen
import Testing

@testable import TimelineUI

/// Objects of every group of the Policies screen.
private enum Objects {
  static func make(
    _ group: String, _ resource: String, _ namespace: String?, _ name: String, tier: String? = nil,
    order: Double? = nil,
    versions: Int = 1, at: String = "2026-11-20T15:39:27Z", by: String? = "system:serviceaccount:ci:deployer",
    deleted: Bool = false
  ) -> ObjectSummary {
    let key = ObjectKey(group: group, resource: resource, namespace: namespace, name: name)
    return ObjectSummary(
      key: key, kind: key.kind.kind, tier: tier, order: order, versionCount: versions, actCount: versions + 2,
      lastChange: versions == 0 ? nil : Sample.time(at), lastActor: versions == 0 ? nil : by,
      firstSeen: Sample.time("2026-08-22T00:00:00Z"), isDeleted: deleted)
  }
  static let calico = "projectcalico.org"
  static let all: [ObjectSummary] = [
    make("", "configmaps", "shop", "settings", by: "bob"),
    make("", "pods", "payments", "db-0", versions: 0),
    make("rbac.authorization.k8s.io", "rolebindings", "payments", "admins", by: "carol"),
    make("networking.k8s.io", "networkpolicies", "payments", "allow-db", versions: 6, by: "bob"),
    make("networking.k8s.io", "networkpolicies", "shop", "allow-web", versions: 3, by: "alice@example.com"),
    make("policy.networking.k8s.io", "adminnetworkpolicies", nil, "cluster-wide-deny", order: 10),
    make(calico, "globalnetworkpolicies", nil, "security.quarantine", tier: "security", order: 20, versions: 9),
    make(calico, "globalnetworkpolicies", nil, "security.block-feodo", tier: "security", order: 10, versions: 4),
    make(
      calico, "stagedglobalnetworkpolicies", nil, "security.quarantine", tier: "security", order: 20, versions: 2,
      at: "2026-11-19T10:02:11Z", by: "carol"),
    make(
      calico, "globalnetworkpolicies", nil, "default.environment-isolation", tier: "default", order: 700, versions: 11,
      at: "2026-11-20T16:11:49Z", by: "alice@example.com"),
    make(
      calico, "networkpolicies", "storefront", "default.dmz", tier: "default", versions: 3, at: "2026-11-20T16:04:02Z",
      by: "alice@example.com", deleted: true),
    make(calico, "globalnetworkpolicies", nil, "ops.last-resort", tier: "ops", by: "dana"),
    make(calico, "globalnetworkpolicies", nil, "kube-admin.guard", tier: "kube-admin", order: 1),
    make(calico, "tiers", nil, "security", order: 100),
    make(calico, "tiers", nil, "default", order: 1_000_000),
    make(calico, "globalnetworksets", nil, "threatfeed.feodo-tracker", versions: 288, at: "2024-11-20T22:47:42Z"),
  ]
}

private func stage(_ columns: Int = 80, _ rows: Int = 24, ascii: Bool = false) -> Stage<PoliciesPane> {
  Stage(
    PoliciesPane(), Sample.session(columns, rows, ascii: ascii), .objects(ObjectCatalog(Objects.all), storeVersion: 1))
}

private func keys(_ stage: Stage<PoliciesPane>) -> [ObjectKey] {
  stage.pane.rows.compactMap(\.object).compactMap { stage.pane.catalog?.objects[$0].key }
}

@Suite struct PoliciesScreens {
  @Test(arguments: [60, 66, 70, 80]) func `names keep their tail however narrow the screen is`(columns: Int) throws {
    let tall = stage(columns, 40)
    for object in Objects.all {
      #expect(tall.text.contains(object.key.name.suffix(6)), "\(object.key.name)")
    }
    var narrow = stage(columns, 16)
    if columns == 60 { try expectScreen(narrow.screen, "policies-60x16") }
    narrow.press("fdmz<Enter>")
    #expect(narrow.focusedRow.contains("x "))
  }

  @Test(arguments: [(80, 24), (120, 40), (200, 60)], [false, true])
  func `the policies fit each size`(size: (Int, Int), ascii: Bool) throws {
    let stage = stage(size.0, size.1, ascii: ascii)
    #expect(stage.isWhole)
    try expectScreen(stage.screen, "policies-\(size.0)x\(size.1)\(ascii ? "-ascii" : "")")
  }

  @Test func `objects of several clusters stand in groups of their own`() throws {
    let objects = Objects.all.flatMap { object in
      ["dev", "prod"].map { cluster in
        var object = object
        object.key.cluster = cluster
        if cluster == "dev", object.key.resource == "tiers" { object.order = 5 }
        return object
      }
    }
    let stage = Stage(PoliciesPane(), Sample.session(), .objects(ObjectCatalog(objects), storeVersion: 1))
    try expectScreen(stage.screen, "policies-clusters-80x24")
    let titles = stage.pane.rows.compactMap { row in if case .title(let title, _, _) = row { title } else { nil } }
    #expect(
      titles.filter { $0.hasPrefix("tier security") } == [
        "tier security (order 5) in dev", "tier security (order 100) in prod",
      ])
    let firstOfProd = titles.firstIndex { $0.hasSuffix("in prod") } ?? 0
    #expect(titles[firstOfProd...].allSatisfy { $0.hasSuffix("in prod") })
  }

  @Test(arguments: [(160, 50), (200, 60)])
  func `versions and text of the focused object stand beside a wide list`(size: (Int, Int)) throws {
    var stage = stage(size.0, size.1)
    stage.search("environment")
    #expect(stage.effects.last == .ask(.changeLog(Sample.key)))
    #expect(stage.text.contains("Reading the change log"))
    stage.receive(.changeLog(Sample.log))
    #expect(stage.isWhole)
    try expectScreen(stage.screen, "policies-\(size.0)x\(size.1)-preview")
    stage.press("k")
    #expect(!stage.text.contains("as it is now"))
    stage.press("j")
    #expect(stage.text.contains("as it is now"))
  }

  @Test func `the policies wait, fail, and may be none, in words`() throws {
    var waiting = Stage(PoliciesPane(), Sample.session())
    #expect(waiting.effects == [.ask(.objects)])
    try expectScreen(waiting.screen, "policies-80x24-reading")
    waiting.receive(.failed(.objects, reason: "the store is locked"))
    try expectScreen(waiting.screen, "policies-80x24-failed")
    waiting.receive(.objects(ObjectCatalog([]), storeVersion: 1))
    try expectScreen(waiting.screen, "policies-80x24-empty")
  }
}

@Suite struct PoliciesKeys {
  private func titles(_ stage: Stage<PoliciesPane>) -> [String] {
    stage.pane.rows.compactMap { if case .title(let title, _, _) = $0 { title } else { nil } }
  }

  @Test func `tiers stand in evaluation order, and every object is listed`() {
    let stage = stage()
    #expect(
      titles(stage) == [
        "tier kube-admin", "tier security (order 100)", "tier default (order 1000000)", "tier ops",
        "network policies (Kubernetes)", "admin policies", "network sets", "Tier (projectcalico.org)", "Pod",
        "RoleBinding (rbac.authorization.k8s.io)", "ConfigMap",
      ])
    #expect(Set(keys(stage)) == Set(Objects.all.map(\.key)))
    let security = keys(stage).filter { $0.name.hasPrefix("security.") }.map(\.description)
    #expect(
      security == [
        "globalnetworkpolicies.projectcalico.org/security.block-feodo",
        "globalnetworkpolicies.projectcalico.org/security.quarantine",
        "stagedglobalnetworkpolicies.projectcalico.org/security.quarantine",
      ])
  }

  @Test func `the next groupings are kind, namespace and actor, on the same object`() {
    var stage = stage()
    stage.press("j")
    let key = stage.pane.focusedObject(stage.session)
    for grouping in [ObjectGrouping.kind, .namespace, .actor, .tier] {
      stage.press(",")
      #expect(stage.pane.grouping == grouping)
      #expect(stage.pane.focusedObject(stage.session) == key)
      #expect(Set(keys(stage)).count == Objects.all.count)
    }
  }

  @Test func `while its bar is open the hints are the keys of the bar`() {
    var user = Afternoon()
    let hints = user.screen.size.rows - 1
    user.press("2f")
    #expect(user.row(hints).hasPrefix(" Enter keep  Esc leave   "))
    user.press("<Enter>")
    #expect(user.row(hints).contains("Enter change log") && user.row(hints).contains("  :"))
  }

  @Test func `the bar narrows by words as they are typed, Esc takes them back`() {
    var stage = stage()
    stage.press("fquarantine")
    #expect(stage.text.contains("2 of 16 objects"))
    stage.press(" staged<Enter>")
    #expect(stage.text.contains("1 of 16 objects"))
    #expect(stage.focusedRow.contains("sgnp"))
    stage.press("f<C-u>zzz")
    #expect(stage.text.contains("No object has \"zzz\"."))
    stage.press("<Esc>")
    #expect(stage.pane.filter == "quarantine staged")
  }

  @Test func `what the bar found first is focused where the focused object is not found`() {
    var stage = stage()
    stage.press("Gfpayments<Enter>")
    #expect(stage.pane.cursor.index == 1)
    #expect(stage.focusedRow.contains("payments/allow-db"))
  }

  @Test func `objects whose history does not add up are marked once that is known`() {
    var stage = stage(120, 40)
    #expect(stage.effects.last == .ask(.findings))
    #expect(stage.text.contains("looking for changes off the record"))
    let key = Objects.all.first { $0.key.name == "security.quarantine" && $0.kind == "GlobalNetworkPolicy" }?.key
    let found = Finding(
      kind: .outside, object: key ?? Sample.key, objectKind: "GlobalNetworkPolicy", after: 1, before: 2, position: 1,
      paths: [], evidence: ["generation 1 -> 3"], since: nil, until: Sample.time("2026-11-20T15:39:27Z"))
    stage.receive(.findings([found.object: [found]]))
    #expect(stage.rows.filter { $0.dropFirst().hasPrefix("!") }.map { $0.contains("security.quarantine") } == [true])
    #expect(stage.text.contains("! 1 history does not add up"))
    stage.search("quarantine")
    #expect(stage.text.contains("; 1 change outside the trail"))
    // Asked once for each visit, however much is read meanwhile.
    stage.session.storeVersion = 2
    stage.receive(.objects(ObjectCatalog(Objects.all), storeVersion: 2))
    #expect(stage.effects.filter { $0 == .ask(.findings) }.count == 1)
  }

  @Test func `the title of a group that has scrolled away stands above the list`() {
    var stage = stage()
    stage.press("G")
    #expect(stage.pane.cursor.top > 0)
    #expect(stage.rows[2].contains("──"))
    let first = stage.pane.list.titles.last { $0 <= stage.pane.cursor.top } ?? 0
    if first < stage.pane.cursor.top, case .title(let text, _, _) = stage.pane.rows[first] {
      #expect(stage.rows[2].contains(text))
    } else {
      #expect(stage.rows[2].allSatisfy { $0 == "─" })
    }
  }

  @Test func `a deleted object is marked by x and in words`() {
    let row = stage(120, 40).rows.first { $0.contains("default.dmz") } ?? ""
    #expect(row.contains(" x netpol "))
    #expect(row.contains(" storefront/default.dmz (deleted)"))
  }

  @Test func `Enter opens the change log, d the last diff`() {
    var stage = stage()
    stage.search("environment")
    stage.press("<Enter>")
    #expect(stage.effects.last == .open(.changes(Sample.key)))
    stage.press("d")
    #expect(stage.effects.last == .ask(.changeLog(Sample.key)))
    stage.receive(.changeLog(Sample.log))
    #expect(stage.effects.last == .open(.diff(Sample.side(5), Sample.side(6))))
  }

  @Test func `the last diff does not open over the screen that was gone to meanwhile`() {
    var afternoon = Afternoon(columns: 80, rows: 24)
    afternoon.press("2")
    afternoon.send(.answer(.objects(ObjectCatalog(Objects.all), storeVersion: 1)))
    afternoon.answersAtOnce = false
    afternoon.press("d<Enter>")
    afternoon.answerAll()
    #expect(afternoon.title.contains("Changes"))
  }

  @Test func `the focused object stays when the store grows`() {
    var stage = stage()
    stage.press("G")
    let key = stage.pane.focusedObject(stage.session)
    stage.session.storeVersion = 2
    stage.resize(80, 24)
    #expect(stage.effects.last == .ask(.objects))
    let more = Objects.make("", "secrets", "shop", "token")
    stage.receive(.objects(ObjectCatalog([more] + Objects.all), storeVersion: 2))
    #expect(stage.pane.focusedObject(stage.session) == key)
  }

  @Test(arguments: 0..<20)
  func `any keys keep the policies whole`(seed: Int) {
    var random = Seeded(seed: UInt64(seed))
    var stage = stage()
    let keys = Key.sequence("jkgGb {},fd y<Enter><Esc><C-d><C-u>a")
    for step in 0..<40 {
      stage.press(keys.randomElement(using: &random).map(Key.text) ?? "j")
      if random.next() % 9 == 0 { stage.resize(Int(60 + random.next() % 180), Int(16 + random.next() % 50)) }
      if random.next() % 11 == 0 {
        stage.receive(.objects(ObjectCatalog(Objects.all.shuffled(using: &random)), storeVersion: 1))
      }
      if step % 8 == 0 { #expect(stage.isWhole) }
      #expect(stage.pane.cursor.index < max(1, stage.pane.rows.count))
      if !stage.pane.rows.isEmpty { #expect(stage.pane.focusedObject(stage.session) != nil) }
    }
  }
}
