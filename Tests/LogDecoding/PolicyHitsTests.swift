import AuditModel
import Testing

@testable import LogDecoding

struct PolicyHitsTests {
  @Test(arguments: [
    // Four fields, without a rule.
    ("0|secops|secops.baseline|pass", "gnp secops/baseline pass -"),
    // Kinds told by prefixes and markers.
    ("1|app|shop/app.db-in|deny|-1", "np app/shop/db-in deny -1"),
    ("2|default|shop/knp.default.db-in|Allow|0", "knp default/shop/db-in allow 0"),
    ("3|default|shop/staged:knp.default.db-in|deny|0", "sknp default/shop/staged:db-in deny 0"),
    ("4|app|app.staged:block|deny|1", "sgnp app/staged:block deny 1"),
    ("4|app|shop/app.staged:block|deny|1", "snp app/shop/staged:block deny 1"),
    ("4|app|shop/staged:app.block|deny|1", "snp app/shop/staged:block deny 1"),
    ("4|app|staged:app.block|deny|1", "sgnp app/staged:block deny 1"),
    ("5|adminnetworkpolicy|kanp.adminnetworkpolicy.lock|deny|0", "anp adminnetworkpolicy/lock deny 0"),
    (
      "5|adminnetworkpolicy|adminnetworkpolicy.kanp.adminnetworkpolicy.lock|deny|0",
      "anp adminnetworkpolicy/lock deny 0"
    ),
    (
      "6|baselineadminnetworkpolicy|kbanp.baselineadminnetworkpolicy.default|deny|0",
      "banp baselineadminnetworkpolicy/default deny 0"
    ),
    ("7|__PROFILE__|__PROFILE__.kns.shop|allow|0", "pro __PROFILE__/kns.shop allow 0"),
    ("8|app|app.__NO_MATCH__|deny|-1", "eot app/__NO_MATCH__ deny -1"),
    // A name may hold dots: only the tier is cut off.
    ("9|a|a.b.c|allow|2", "gnp a/b.c allow 2"),
    // Since Calico 3.32.
    ("0|app|np:shop/db-in|deny|-1", "np app/shop/db-in deny -1"),
    ("0|app|sgnp:block.all|deny|3", "sgnp app/staged:block.all deny 3"),
    ("0|default|knp:shop/web|allow|-2", "knp default/shop/web allow -2"),
    ("0|__PROFILE__|pro:kns.shop|allow|-", "pro __PROFILE__/kns.shop allow -"),
    ("0|app|eot:__NO_MATCH__|deny|-1", "eot app/__NO_MATCH__ deny -1"),
    ("0|kube-admin|kcnp:cluster-wide|pass|0", "kcnp kube-admin/cluster-wide pass 0"),
  ])
  func `policy strings of all generations`(text: String, wanted: String) throws {
    let hit = try #require(PolicyHits.hit(text, scope: .enforced))
    #expect("\(hit.kind) \(hit.path) \(hit.action) \(hit.rule.map(String.init) ?? "-")" == wanted)
    #expect(PolicyHit(text: hit.text) == hit)
  }

  @Test(arguments: ["", "0|a|b", "x|a|b|allow", "0|a|b|allow|1|2"])
  func `what is no policy string is none`(text: String) {
    #expect(PolicyHits.hit(text, scope: .all) == nil)
  }
}
