import Dispatch
import Ingestion
import Synchronization

/// What the reading thread is to do; given on the main actor, carried out in order.
final class ReadingOrders: Sendable {
  enum Order: Sendable {
    case readAgain
    case open(String)
  }
  private struct State {
    var orders: [Order] = []
    var follows = false
    var isPaused = false
    var isStopped = false
    var isClosed = false
    var follower: LogFollower?
  }
  private let state = Mutex(State())
  private let bell = DispatchSemaphore(value: 0)
  private let work = DispatchGroup()

  private func change(_ body: (inout sending State) -> Void) {
    let follower = state.withLock { state in
      body(&state)
      return state.follower
    }
    follower?.wake()
    bell.signal()
  }

  func add(_ order: Order) {
    change {
      $0.orders.append(order)
      $0.isStopped = false
    }
  }
  func follow(_ isOn: Bool) {
    change {
      $0.follows = isOn
      if isOn { $0.isStopped = false }
    }
  }
  func pause(_ isPaused: Bool) { change { $0.isPaused = isPaused } }
  /// What is being read is left as it is.
  func stop() { change { $0.isStopped = true } }
  /// Nothing more is wanted, ever.
  func close() { change { $0.isClosed = true } }

  // MARK: The reading thread's side

  var isPaused: Bool { state.withLock { $0.isPaused } }
  /// Whether the reading that is under way is to end.
  var endsReading: Bool { state.withLock { $0.isStopped || $0.isClosed } }
  /// Whether following is to end, for good or for something else.
  var endsFollowing: Bool {
    state.withLock { $0.isStopped || $0.isClosed || !$0.follows || !$0.orders.isEmpty }
  }

  enum Next {
    case order(Order)
    case follow
    case close
  }

  /// The next thing to do; waits for it.
  func next() -> Next {
    while true {
      let next: Next? = state.withLock { state in
        if state.isClosed { return .close }
        if !state.orders.isEmpty { return .order(state.orders.removeFirst()) }
        return state.follows && !state.isStopped ? .follow : nil
      }
      if let next { return next }
      bell.wait()
    }
  }

  /// The follower that is to be woken; nil when none runs. It turns following off that it has ended by itself.
  func run(_ follower: LogFollower?) { state.withLock { $0.follower = follower } }

  /// What was followed has come to its end.
  func endFollowing() { state.withLock { $0.follows = false } }

  func enter() { work.enter() }
  func leave() { work.leave() }
  func waitUntilIdle(seconds: Double) {
    _ = work.wait(timeout: .now() + .milliseconds(Int(seconds * 1000)))
  }
}
