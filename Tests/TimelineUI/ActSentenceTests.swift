import AuditModel
import EventQueries
import Testing

@testable import TimelineUI

@Suite struct ActSentenceTests {
  private static let lease = Story.act(
    "2026-11-20T16:11:49Z", "update",
    Story.reference("coordination.k8s.io", "leases", "kube-system", "argocd-application-controller"),
    by: "system:serviceaccount:argocd:argocd-application-controller")
  private static let person = Story.act(
    "2026-11-20T16:11:49Z", "delete", Story.netpol("storefront-production", "allow-web-from-internal-clients"),
    code: 403, outcome: .denied, by: "alice.longname@security.example.com")

  @Test func `users lose their domain first, then the kind is short, then names give way`() {
    let texts = [200, 130, 110, 90, 68].map { Self.person.sentence(width: $0, asciiOnly: true) }
    #expect(
      texts == [
        "NetworkPolicy storefront-production/allow-web-from-internal-clients: delete by "
          + "alice.longname@security.example.com denied (403)",
        "NetworkPolicy storefront-production/allow-web-from-internal-clients: delete by "
          + "alice.longname@security.example.com denied (403)",
        "NetworkPolicy storefront-production/allow-web-from-internal-clients: delete by alice.longname@se~ denied (403)",
        "netpol storefront~/allow-web-from-internal-clients: delete by alice.longname~ denied (403)",
        "netpol store~/all~al-clients: delete by alice.longname~ denied (403)",
      ])
  }

  @Test(arguments: 40..<140)
  func `what was done, the end of the name and the head of the actor never go`(width: Int) {
    let update = Self.lease.sentence(width: width, asciiOnly: true)
    #expect(update.count <= width)
    #expect(update.contains(" updated by sa:"))
    #expect(update.contains("oller updated"))
    let delete = Self.person.sentence(width: width + 20, asciiOnly: true)
    #expect(delete.count <= width + 20)
    #expect(delete.contains("ients: delete by alice"))
    #expect(delete.hasSuffix(" denied (403)"))
  }
}
