import AuditModel
import Testing

@Suite struct ActSummaries {
  private func act(
    _ verb: String, _ outcome: Outcome = .changed, code: Int? = 200, name: String? = "allow-web",
    subresource: String? = nil,
    by: String? = "alice@example.com", as mask: String? = nil, resource: String = "networkpolicies",
    kind: String? = "NetworkPolicy"
  ) -> Act {
    Act(
      time: Timestamp(seconds: 0), verb: verb, code: code, outcome: outcome, by: by, asUser: mask,
      object: ObjectReference(
        group: "networking.k8s.io", version: "v1", resource: resource, namespace: "shop", name: name,
        subresource: subresource),
      kind: kind)
  }

  @Test func `a change is told with its object and its actor`() {
    #expect(act("update").summary == "NetworkPolicy shop/allow-web updated by alice@example.com")
    #expect(act("create").summary == "NetworkPolicy shop/allow-web created by alice@example.com")
    #expect(act("patch").summary == "NetworkPolicy shop/allow-web patched by alice@example.com")
    #expect(act("delete").summary == "NetworkPolicy shop/allow-web deleted by alice@example.com")
    #expect(act("deletecollection", name: nil).summary == "networkpolicies in shop deleted by alice@example.com")
    #expect(act("create", name: nil).summary == "NetworkPolicy in shop created by alice@example.com")
  }

  @Test func `service accounts are shortened and impersonation is told`() {
    #expect(act("update", by: "system:serviceaccount:ci:deployer").summary.hasSuffix("updated by sa:ci/deployer"))
    #expect(act("delete", by: "bob", as: "system:admin").summary.hasSuffix("deleted by bob as system:admin"))
    #expect(act("delete", by: nil).summary.hasSuffix("deleted by (nobody)"))
    #expect(UserName.short("system:serviceaccount:odd") == "system:serviceaccount:odd")
  }

  @Test(arguments: [
    (Outcome.noop, 200, "NetworkPolicy shop/allow-web updated by bob, no change"),
    (.dryrun, 200, "NetworkPolicy shop/allow-web would be updated by bob (dry run)"),
    (.conflict, 409, "NetworkPolicy shop/allow-web: update by bob met a conflict (409)"),
    (.denied, 403, "NetworkPolicy shop/allow-web: update by bob denied (403)"),
    (.failed, 422, "NetworkPolicy shop/allow-web: update by bob failed with 422"),
    (.unknown, 0, "NetworkPolicy shop/allow-web: update by bob, answer not logged"),
  ])
  func `what did not come about is told as such`(outcome: Outcome, code: Int, sentence: String) {
    #expect(act("update", outcome, code: code, by: "bob").summary == sentence)
  }

  @Test func `subresources, connects and reads have words of their own`() {
    let pod = "pods"
    #expect(
      act("create", .connect, code: 101, name: "web-0", subresource: "exec", by: "bob", resource: pod, kind: "Pod")
        .summary
        == "exec into Pod shop/web-0 by bob")
    #expect(
      act("patch", .subresource, name: "web-0", subresource: "status", by: "bob", resource: pod, kind: "Pod").summary
        == "status of Pod shop/web-0 patched by bob")
    #expect(
      act("create", .changed, name: "web-0", subresource: "eviction", by: "bob", resource: pod, kind: "Pod").summary
        == "Pod shop/web-0 evicted by bob")
    #expect(act("get", .read, by: "bob").summary == "NetworkPolicy shop/allow-web read by bob")
    #expect(act("list", .read, name: nil, by: "bob").summary == "networkpolicies in shop listed by bob")
  }

  @Test func `an act on no object is told too`() {
    var act = act("get", .read, by: "bob")
    act.object = nil
    #expect(act.summary == "non-resource URL read by bob")
  }
}
