import AuditModel
import EventQueries
import EventStorage
import Testing

@testable import Ingestion

/// What GKE logs of a request that takes long: an entry when it begins and one when it ends.
struct OperationTests {
  /// An entry of a request that took long, on GKE.
  private static func entry(_ id: String, _ second: Int, first: Bool = false, last: Bool = false) -> String {
    let mark = (first ? #","first":true"# : "") + (last ? #","last":true"# : "")
    return
      #"{"insertId":"i\#(second)","protoPayload":{"serviceName":"k8s.io","methodName":"io.k8s.core.v1.pods.exec.create","#
      + #""resourceName":"core/v1/namespaces/shop/pods/web/exec","authenticationInfo":{"principalEmail":"lee@corp.test"}"#
      + (last ? #","status":{"code":7}"# : "")
      + #"},"timestamp":"2026-10-05T09:30:\#(second)Z","operation":{"id":"\#(id)"\#(mark)}}"# + "\n"
  }

  private static let begin = entry("op-1", 10, first: true)
  private static let end = entry("op-1", 40, last: true)

  @Test(arguments: [[begin + end], [end + begin], [begin, end], [end, begin]])
  func `both entries of a long request on GKE are one act`(texts: [String]) throws {
    for isReopened in [false, true] { try check(texts, isReopened: isReopened) }
  }

  private func check(_ texts: [String], isReopened: Bool) throws {
    try withLogs { logs in
      var store = try logs.open()
      for (number, text) in texts.enumerated() {
        // What another process has added is found too.
        if isReopened { store = try logs.open() }
        try logs.write("\(number).jsonl", text)
        _ = try ingest([logs.file("\(number).jsonl")], into: store)
      }
      let acts = try store.acts()
      #expect(acts.map(\.code) == [403])
      #expect(acts.map(\.stages) == [[StageSet(.responseStarted), StageSet(.responseComplete)]])
      let snapshot = store.snapshot()
      let ids = try snapshot.select(EventQuery(level: .everything))
      #expect(try ids.map { try snapshot.detail($0).records.count } == [2])
    }
  }

  @Test func `entries of other requests on GKE stay apart`() throws {
    try withLogs { logs in
      let other = Self.entry("op-2", 50, last: true)
      let early = Self.entry("op-3", 30, last: true) + Self.entry("op-3", 45, first: true)
      let whole = Self.entry("op-1", 55, first: true, last: true)
      try logs.write("gke.jsonl", Self.begin + other + early + whole)
      let store = try LogFolder.fresh([logs.file("gke.jsonl")])
      #expect(try store.acts().count == 5)
    }
  }
}
