import AuditModel
import EventQueries
import TerminalScreen
import Testing

@testable import TimelineUI

/// Kinds that are in no table: whatever a CRD calls its own.
@Suite struct KindLabelTests {
  private let object = Story.reference("acme.example.com", "securitypolicyviolations", "shop", "web-1")

  @Test(arguments: [(80, "secur~ "), (120, "securitypoli~ ")])
  func `the Timeline shows how a kind begins that nobody knows`(columns: Int, label: String) {
    let act = Story.act("2026-11-20T16:00:00Z", "update", object, by: "alice@example.com")
    let user = Afternoon([act], columns: columns, rows: 24)
    #expect(user.focusedRow.contains(" " + label), "\(user.focusedRow)")
    // The line below the list has all of it.
    #expect(user.text.contains("securitypolicyviolations shop/web-1"))
  }

  @Test func `known kinds take their short names where there is no room`() {
    for (resource, wide, narrow) in [
      ("rolebindings", "rolebinding", "rbind"), ("networkpolicies", "netpol", "netpol"),
      ("kubecontrollersconfigurations", "kcc", "kcc"),
    ] {
      let kind = ResourceKind.all.first { $0.resource == resource }
      #expect(kind?.label(width: 13) == wide)
      #expect(kind?.label(width: 6) == narrow)
    }
  }

  @Test func `so does the list of objects`() {
    let objects = [("rbac.authorization.k8s.io", "rolebindings"), ("acme.example.com", "securitypolicyviolations")]
      .map { group, resource in
        ObjectSummary(
          key: ObjectKey(group: group, resource: resource, namespace: "shop", name: "web"), kind: resource,
          firstSeen: Sample.time("2026-08-22T00:00:00Z"))
      }
    var stage = Stage(PoliciesPane(), Sample.session(), .objects(ObjectCatalog(objects), storeVersion: 1))
    #expect(stage.text.contains(" rbind "))
    #expect(stage.text.contains(" secur~ "))
    stage.press("j")
    #expect(stage.text.contains("shop/web: securitypolicyviolations"))
  }

  @Test func `a long kind leaves room in a sentence for the object's name and who acted`() {
    let long = Story.reference("acme.example.com", String(repeating: "violation", count: 6), "shop", "web-1")
    let act = Story.act("2026-11-20T16:00:00Z", "update", long, by: "alice@example.com")
    let sentence = act.sentence(width: 60, asciiOnly: true)
    #expect(sentence.count <= 60)
    #expect(sentence.contains("shop/web-1") && sentence.contains("alice"), "\(sentence)")
  }
}
