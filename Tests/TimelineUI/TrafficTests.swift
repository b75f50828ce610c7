import AuditModel
import EventQueries
import TerminalScreen
import Testing

@testable import TimelineUI

/// Flows and lookups on the screens.
@Suite struct TrafficScreens {
  @Test(arguments: [(80, 24), (200, 60)], [false, true])
  func `the timeline shows flows, lookups and all`(size: (Int, Int), ascii: Bool) throws {
    var user = Afternoon(TrafficStory.acts, columns: size.0, rows: size.1, ascii: ascii, monochrome: ascii)
    user.store.details[TrafficStory.deniedFlow.act.id] = TrafficStory.deniedFlow
    let name = "\(size.0)x\(size.1)\(ascii ? "-ascii" : "")"
    try expectScreen(user.screen, "timeline-audit-of-several-\(name)")
    user.press("K")
    try expectScreen(user.screen, "timeline-flow-\(name)")
    user.press("K")
    try expectScreen(user.screen, "timeline-dns-\(name)")
    user.press("K")
    try expectScreen(user.screen, "timeline-all-\(name)")
    if ascii {
      #expect(user.screen.textRows.allSatisfy { $0.utf8.allSatisfy { (0x20..<0x7F).contains($0) } })
    }
  }

  @Test(arguments: [(80, 24), (200, 60)], [false, true])
  func `the event of a flow and of a lookup fits each size`(size: (Int, Int), ascii: Bool) throws {
    for (detail, name) in [(TrafficStory.deniedFlow, "flow"), (TrafficStory.failedLookup, "dns")] {
      let stage = Stage(
        EventPane(detail.act.id), Sample.session(size.0, size.1, ascii: ascii), .detail(detail))
      #expect(stage.isWhole)
      try expectScreen(stage.screen, "event-\(name)-\(size.0)x\(size.1)\(ascii ? "-ascii" : "")")
    }
  }

  @Test(arguments: [60, 67, 68, 99, 100, 112, 160, 300])
  func `a verdict and a code of an answer are words at any width`(columns: Int) {
    var user = Afternoon(TrafficStory.acts, columns: columns, rows: 30)
    user.press("KK")
    #expect(user.text.contains("NXDomain"))
    #expect(user.text.contains("ServFail"))
    user.press("K")
    #expect(user.text.contains("deny"))
    #expect(!user.text.contains("observed"))
  }
}

@Suite struct TrafficKeys {
  @Test func `K through all logs comes back to the row it began on`() {
    var user = Afternoon(TrafficStory.acts)
    for start in ["g", "gjjj", "G"] {
      user.press(start)
      let row = user.focusedRow
      user.press("KK")
      #expect(user.focusedRow != row)
      user.press("KK")
      #expect(user.focusedRow == row)
      user.press("vvv")
      #expect(user.focusedRow == row)
    }
    // Who moves on another log's rows is there, and stays there.
    user.press("gKjK")
    let lookup = user.focusedRow
    user.press("KKKK")
    #expect(user.focusedRow == lookup)
  }

  @Test func `the hint line of a lookup and of a flow has no keys that need an object`() {
    var user = Afternoon(TrafficStory.acts)
    let hints = user.screen.size.rows - 1
    #expect(user.row(hints).contains("d diff"))
    user.press("K")
    #expect(user.row(hints) == " Enter open  x around  f filter  K log  % side  o same  :".padded(80))
    user.press("K")
    #expect(user.row(hints) == " Enter open  x around  f filter  K log  o same  :".padded(80))
  }

  @Test func `the summary of a lookup names question, client and which latency at 80 columns`() {
    var user = Afternoon(TrafficStory.acts)
    user.press("KK")
    let summary = user.row(user.screen.size.rows - 3)
    #expect(summary.contains(" A by storefront/"))
    #expect(summary.contains("41 lookups, max 1.9 ms"))
    #expect(!summary.hasSuffix("~"))
  }

  @Test func `the start shows acts where there are some and tells what else there is`() {
    var user = Afternoon(TrafficStory.acts)
    #expect(user.row(2).contains("audit, hidden 4 flow 4 dns  K"))
    #expect(user.focusedRow.hasPrefix("16:11:49"))
    user.press("K")
    #expect(user.row(2).contains("flow, hidden 12 audit 4 dns  K"))
    #expect(user.focusedRow.contains("-> payments/db-0:5432"))
    user.press("KK")
    #expect(user.row(2).contains("all logs  K"))
    user.press("K")
    #expect(user.row(2).contains("audit, hidden 4 flow 4 dns  K"))
    #expect(Afternoon(TrafficStory.traffic).row(2).contains("all logs  K"))
    var plain = Afternoon()
    plain.press("K")
    #expect(plain.row(22).contains("these logs hold audit rows only"))
  }

  @Test func `a filter on what only other logs have lists them without a key`() {
    let user = Afternoon(TrafficStory.acts, filter: (try? Filter(parsing: "action:deny")) ?? .everything)
    #expect(user.focusedRow.contains("-> payments/db-0:5432"))
  }

  @Test func `hidden rows are named where nothing is listed`() {
    var user = Afternoon(TrafficStory.acts, filter: (try? Filter(parsing: "ns:legacy")) ?? .everything)
    #expect(user.text.contains("Rows of other logs are hidden (1 flow 1 dns): K lists them."))
    user.press("K")
    #expect(user.focusedRow.contains("legacy/batch-0"))
  }

  @Test func `the line below says who talked to whom and what decided`() {
    var user = Afternoon(TrafficStory.acts, columns: 200, rows: 40)
    user.press("K")
    #expect(
      user.text.contains(
        "16:10 - 16:15  storefront/web-7c9d8-x2x7k to payments/db-0:5432 denied by the default action of tier app"
          + "  300 B  seen by dst"))
    #expect(!user.text.contains("denied by app/payments/db-in"))
    user.send(.resize(Size(columns: 80, rows: 24)))
    #expect(
      user.text.contains("to 16:15:00  denied by the default action of tier app  300 B  seen by dst"))
    user.send(.resize(Size(columns: 200, rows: 40)))
    user.press("K")
    #expect(
      user.text.contains(
        "16:10 - 16:15  storefront/web-7c9d8-* asked for db.payments.svc.cluster.local A: 10.96.40.11  41 lookups"))
  }

  @Test func `e stops at denied flows and failed lookups`() {
    var user = Afternoon(TrafficStory.acts)
    user.press("KKKe")
    var seen: [String] = []
    for _ in 0..<6 {
      seen.append(user.focusedRow)
      user.press("e")
    }
    #expect(seen.contains { $0.contains("NXDomain") })
    #expect(seen.contains { $0.contains("ServFail") })
    #expect(seen.contains { $0.contains("-> pvt") })
    #expect(seen.contains { $0.contains("delete") })
  }

  @Test func `o goes over the rows of the same pair and of the same name`() {
    var acts = TrafficStory.acts
    var earlier = TrafficStory.flows[1]
    earlier.time = earlier.time.adding(seconds: -86_400)
    earlier.id = ActID(segment: 1, row: 280)
    acts.append(earlier)
    var user = Afternoon(acts)
    user.press("Kjo")
    #expect(user.status.contains("2/2 row of the same pair"))
    user.press("gKo")
    #expect(user.status.contains("lookup of the same name"))
  }

  @Test func `plus and minus filter by the value in the column`() {
    for (keys, filter) in [
      ("K<Tab>+", "action:deny"), ("K+", "src:storefront/web-7c9d8-x2x7k"), ("K<Tab>-", ""), ("KK+", "qname:"),
    ] {
      var user = Afternoon(TrafficStory.acts)
      user.press(keys)
      #expect(filter.isEmpty || user.row(1).contains(filter) || user.row(1).contains("dst:"), "\(keys): \(user.row(1))")
    }
    var user = Afternoon(TrafficStory.acts)
    user.press("Kj+")
    #expect(user.row(1).contains("src:\"storefront/web-7c9d8-*\""))
    user.press("<lt>j*")
    #expect(user.status.contains("same source"))
  }

  @Test func `one key goes from both reporters to one and back`() {
    var user = Afternoon(TrafficStory.acts)
    user.press("K%")
    #expect(user.row(1).contains("-reporter:dst,fwd"))
    #expect(user.row(22).contains("one between two pods counts once"))
    user.press("%")
    #expect(user.row(1).contains("-reporter:src,fwd"))
    user.press("%")
    #expect(!user.row(1).contains("reporter"))
    #expect(user.row(22).contains("twice"))
  }

  @Test func `keys that need an object say why they do nothing`() {
    var user = Afternoon(TrafficStory.acts)
    for key in ["d", "c"] {
      user.press("K")
      user.press(key)
      #expect(user.row(22).contains("no object that has changes; x shows what was done around it"))
    }
    var event = Afternoon(TrafficStory.acts)
    event.store.details[TrafficStory.deniedFlow.act.id] = TrafficStory.deniedFlow
    event.press("K<Enter>d")
    #expect(event.row(22).contains("a flow is about no object"))
    event.press("J")
    #expect(event.text.contains("1 of 1: flow record"))
    #expect(event.text.contains("\"custom_tag\":\"edge\""))
  }

  @Test func `around a flow stands everything of that half hour`() {
    var user = Afternoon(TrafficStory.acts)
    user.press("Kx")
    #expect(user.row(2).contains("all logs"))
    #expect(user.text.contains("alice@example.com"))
    #expect(user.text.contains("NXDomain"))
  }

  @Test func `the command of a screen lists what the screen does`() {
    var user = Afternoon(TrafficStory.acts)
    user.press("K:copy-command<Enter>")
    #expect(user.effects.contains(.copy("whodiff log --level 1 -f 'data:flow'")))
  }
}

@Suite struct TrafficFacts {
  @Test func `every member of a record is shown, with its unit where it has one`() throws {
    for detail in [TrafficStory.deniedFlow, TrafficStory.failedLookup] {
      let sheet = try #require(FactSheet(detail, zone: .utc))
      let lines = sheet.sections.flatMap(\.lines)
      let record = try JSONValue(parsing: detail.records[0].bytes)
      let told: Set<String> = ["start_time", "end_time"]
      let inWords = [
        "source_", "dest_", "client_", "q", "policies", "rcode", "rrsets", "servers", "action", "reporter", "proto",
      ]
      for member in record.members?.unique ?? [] where !told.contains(member.key) {
        let isTold = inWords.contains { member.key.hasPrefix($0) }
        #expect(isTold || lines.contains { $0.label == member.key }, "\(member.key)")
      }
    }
    let flow = try #require(FactSheet(TrafficStory.deniedFlow, zone: .utc)).sections.flatMap(\.lines)
    #expect(flow.contains { $0.label == "tcp_mean_smooth_rtt" && $0.text == "1,412 us = 1.4 ms" })
    #expect(flow.contains { $0.label == "bytes_in" && $0.text == "300 B" && $0.note.contains("reporter's side") })
    #expect(flow.contains { $0.label == "custom_tag" && $0.text == "edge" })
    #expect(flow.contains { $0.text == FactWords.doubleCounting })
  }

  @Test func `a staged policy would have, a default action is nobody's`() throws {
    let sections = try #require(FactSheet(TrafficStory.deniedFlow, zone: .utc)).sections
    let enforced = try #require(sections.first { $0.title.hasPrefix("policies enforced") })
    #expect(
      enforced.lines.map(\.text) == [
        "pass  secops/baseline rule 2",
        "deny  the default action of tier app (app/payments/db-in is one of those that select the endpoint; no rule of it matched)",
      ])
    let pending = try #require(sections.first { $0.title.hasPrefix("policies pending") })
    #expect(
      pending.lines.map(\.text) == [
        "would pass  secops/baseline rule 2", "would allow app/payments/staged:db-in-v2 rule 0",
      ])
  }

  @Test(
    arguments: [
      (0, "0 B"), (999, "999 B"), (1000, "1 kB"), (1204, "1.2 kB"), (99_960, "99.9 kB"), (123_456, "123 kB"),
      (48_000_000_000, "48 GB"), (Int64.max, "9,223,372,036 GB"),
    ] as [(Int64, String)])
  func `bytes are told in the unit that fits`(_ count: Int64, _ words: String) {
    #expect(FactWords.bytes(count) == words)
  }

  @Test func `the table of figures has each name once`() {
    #expect(Set(RecordField.all.map(\.name)).count == RecordField.all.count)
  }
}

extension String {
  /// With blanks behind it, as rows of a screen have them.
  func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
