import AuditModel
import EventQueries
import Testing
@testable import TimelineUI

@Suite struct ObjectCatalogTests {
  private static func object(_ namespace: String, _ name: String, by actor: String? = nil) -> ObjectSummary {
    let key = ObjectKey(group: "networking.k8s.io", resource: "networkpolicies", namespace: namespace, name: name)
    return ObjectSummary(
      key: key, kind: "NetworkPolicy", actCount: 1, lastActor: actor, firstSeen: Timestamp(microseconds: 0))
  }
  private let catalog = ObjectCatalog([
    Self.object("shop", "web", by: "Alice"), Self.object("shop", "db"), Self.object("payments", "web"),
  ])

  private func names(_ words: String..., by grouping: ObjectGrouping = .namespace) -> [String] {
    catalog.list(by: grouping, words: words).rows.map { row in
      switch row {
      case .title(let title, let count, _): "\(title): \(count)"
      case .object(let index): catalog.objects[index].key.path
      }
    }
  }

  @Test func `objects stand in groups, and a group without any is left out`() {
    #expect(names() == ["namespace payments: 1", "payments/web", "namespace shop: 2", "shop/db", "shop/web"])
    #expect(names("db") == ["namespace shop: 1", "shop/db"])
    #expect(names("netpol", "alice") == ["namespace shop: 1", "shop/web"])
    #expect(names("nothing") == [])
  }

  @Test func `a row's rank counts objects, not titles`() {
    let list = catalog.list(by: .namespace, words: [])
    #expect(list.rows.indices.map(list.rank) == [0, 1, 1, 2, 3])
    #expect(list.objectCount == 3)
    #expect(catalog.list(by: .kind, words: ["nothing"]).rank(of: 0) == 0)
  }

  @Test func `texts are told apart at their ends`() {
    let list = TextList(["ab", "", "bc", "abc"])
    #expect(list.having(["b"]) == [true, false, true, true])
    #expect(list.having(["bb"]) == [false, false, false, false])
    #expect(list.having(["abc", "c"]) == [false, false, false, true])
    #expect(list.having(["abcd"]) == [false, false, false, false])
    #expect(list.having([""]) == [true, true, true, true])
    #expect(list.having([]) == [true, true, true, true])
  }
}
