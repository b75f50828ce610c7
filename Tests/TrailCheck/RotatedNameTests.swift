import AuditModel
import Testing

@testable import TrailCheck

@Suite struct RotatedNameTests {
  @Test(
    arguments: [
      ("logs/audit.log", "logs/audit.log", nil, nil),
      ("logs/audit.log.gz", "logs/audit.log", nil, nil),
      ("logs/audit.log.3.gz", "logs/audit.log", nil, 3),
      ("logs/audit-2026-11-23T04-30-09.468.log.gz", "logs/audit.log", "2026-11-23T04:30:09.468000Z", nil),
      ("audit-2026-11-23T04-30-09.468", "audit", "2026-11-23T04:30:09.468000Z", nil),
      ("k8s-1.34.json", "k8s-1.34.json", nil, nil),
      ("audit-2026-11-23.log", "audit-2026-11-23.log", nil, nil),
      ("", "", nil, nil),
    ] as [(String, String, String?, Int?)])
  func `a name tells the set it belongs to`(path: String, set: String, stamp: String?, number: Int?) {
    let name = RotatedName(path)
    #expect(name.set == set)
    #expect(name.stamp?.rfc3339 == stamp)
    #expect(name.number == number)
  }
}
