import Synchronization
import TimelineUI

/// What the loop wakes up for. Anything may be put in from any thread; the loop takes all of it at once, so that every
/// key is handled before anything is drawn.
final class Inbox: Sendable {
  enum Item: Sendable {
    case message(Message)
    /// Keys have arrived at the terminal; they are read on the main actor.
    case input
    case signal(Int32)
    /// The size of the terminal is to be looked at again.
    case resize
    /// A frame that was held back is due.
    case frame
    /// Bytes for the terminal itself, made by this program: OSC 52.
    case send([UInt8])
    case work(EffectRunner.Report)
    /// There is nothing to show and there never will be: leave, and say why.
    case failure(String)
  }

  /// One element for any number of items that wait.
  let wakeUps: AsyncStream<Void>
  private let wake: AsyncStream<Void>.Continuation
  private let items = Mutex<[Item]>([])

  init() {
    (wakeUps, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  func post(_ item: Item) {
    items.withLock { $0.append(item) }
    wake.yield()
  }

  /// Everything that waits, in the order in which it was put in.
  func take() -> [Item] {
    items.withLock { waiting in
      let taken = waiting
      waiting = []
      return taken
    }
  }
}
