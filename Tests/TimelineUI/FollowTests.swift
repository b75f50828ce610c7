import AuditModel
import EventQueries
import Testing

@testable import TimelineUI

/// A user who watches what comes.
@Suite struct FollowTests {
  private func afternoon(_ state: Follow.State) -> Afternoon {
    var user = Afternoon(Story.many(40))
    user.follow(state)
    return user
  }

  @Test func `F follows, and the newest row stays in focus`() {
    var user = afternoon(.off)
    #expect(user.title.contains("follow:off"))
    user.press("jjF")
    #expect(user.title.contains("follow:on"))
    #expect(user.effects == [.follow(true)])
    user.come(3)
    #expect(user.focusedRow.contains("new-2"))
    #expect(user.title.contains("follow:on"))
    user.press("F")
    #expect(user.title.contains("follow:off"))
    #expect(user.effects == [.follow(true), .follow(false)])
  }

  @Test func `who moves away is left in peace, and comes back with g or F`() {
    for key in ["g", "F"] {
      var user = afternoon(.on)
      user.press("j")
      let row = user.focusedRow
      #expect(user.title.contains("follow:paused "))
      user.come(37)
      #expect(user.focusedRow == row)
      #expect(user.title.contains("follow:paused +37"))
      user.press(key)
      #expect(user.title.contains("follow:on"))
      #expect(user.focusedRow.contains("new-36"))
    }
  }

  @Test func `a hole between what was there and what comes is looked for as soon as something comes`() {
    var user = afternoon(.on)
    user.send(.storeChanged(version: 1))
    let asked = user.asked.filter { $0 == .holes }.count
    user.come(1)
    #expect(user.asked.filter { $0 == .holes }.count == asked + 1)
    // And then no oftener than before.
    user.come(1)
    #expect(user.asked.filter { $0 == .holes }.count == asked + 1)
  }

  @Test func `opening an event pauses following`() {
    var user = afternoon(.on)
    user.press("<Enter>")
    #expect(user.title.contains("follow:paused"))
    user.come(2)
    user.press("q")
    #expect(user.title.contains("follow:paused +2"))
  }

  @Test func `= stops reading until it is pressed again`() {
    var user = afternoon(.on)
    user.press("=")
    #expect(user.title.contains("reading:paused"))
    user.press("=")
    #expect(user.title.contains("follow:on"))
    #expect(user.effects == [.pauseReading(true), .pauseReading(false)])
  }

  @Test func `a store cannot be followed`() {
    var user = Afternoon()
    user.press("F")
    #expect(user.effects.isEmpty)
    #expect(!user.title.contains("follow"))
    #expect(user.text.contains("a store does not grow"))
  }

  @Test func `R looks at the sources again, and :open reads one more`() {
    var user = afternoon(.off)
    user.press("R:open other.log<Enter>")
    #expect(user.effects == [.readAgain, .openSource("other.log")])
  }
}

extension Afternoon {
  fileprivate mutating func follow(_ state: Follow.State) {
    var session = model.session
    session.follow = Follow(state)
    model = TimelineModel(session: session, filter: .everything, level: .effective)
    for effect in model.start() { if case .ask(let request) = effect { send(.answer(store.answer(request))) } }
  }

  /// So many acts come, each newer than the one before.
  fileprivate mutating func come(_ count: Int) {
    let before = model.session.follow?.actCount ?? 0
    let new = (0..<count).map { index in
      var act = Story.act("2026-11-21T10:00:00Z", "update", Story.netpol("shop", "new-\(index)"), by: "bob")
      act.time = Timestamp(microseconds: act.time.microseconds + Int64(index) * 1_000_000)
      act.id = ActID(segment: 2, row: UInt32(before + index))
      return act
    }
    var grown = FakeStore(store.acts + new)
    grown.version = store.version + 1
    store = grown
    send(.followed(acts: before + count))
    send(.storeChanged(version: store.version))
  }
}
