import Dispatch
import Synchronization

/// What is made of each item, in their order, without what is nil; on all cores where there are many.
func made<Item: Sendable, Made: Sendable>(of items: [Item], _ make: (Item) -> Made?) -> [Made] {
  let stretch = 512
  guard items.count > stretch else { return items.compactMap(make) }
  let found = Mutex<[Int: [Made]]>([:])
  nonisolated(unsafe) let make = make
  let count = (items.count + stretch - 1) / stretch
  DispatchQueue.concurrentPerform(iterations: count) { index in
    let made = items[(index * stretch)..<min(items.count, (index + 1) * stretch)].compactMap(make)
    found.withLock { $0[index] = made }
  }
  return found.withLock { found in (0..<count).flatMap { found[$0] ?? [] } }
}
