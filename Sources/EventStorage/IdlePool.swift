import Synchronization

/// Things that are costly to make and are with one thread at a time: each is taken out while it is used.
final class IdlePool<Value>: Sendable {
  private struct Idle: @unchecked Sendable { var value: Value }
  private let idle = Mutex<[Idle]>([])
  private let make: @Sendable () -> Value

  init(_ make: @escaping @Sendable () -> Value) { self.make = make }

  func use<Result>(_ body: (Value) throws -> Result) rethrows -> Result {
    let one = idle.withLock { $0.popLast() } ?? Idle(value: make())
    defer { idle.withLock { $0.append(one) } }
    return try body(one.value)
  }
}
