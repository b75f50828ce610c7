import Dispatch
import LogDecoding
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Sleeps until something changes in folders: by inotify(7), and where that sees nothing (network file systems, no
/// watches left) for a second at a time.
final class FolderWatch: Sendable {
  /// -1 where there is none.
  private let events: Int32
  /// A pipe that `wake` writes to.
  private let bell: (reading: Int32, writing: Int32)
  private let watched = Mutex<Set<String>>([])
  private let mustPoll = Atomic(false)

  init() {
    events = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
    var ends: [Int32] = [-1, -1]
    _ = pipe(&ends)
    for end in ends {
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    }
    bell = (ends[0], ends[1])
    if events < 0 { mustPoll.store(true, ordering: .relaxed) }
  }

  deinit {
    if events >= 0 { close(events) }
    close(bell.reading)
    close(bell.writing)
  }

  /// How long to sleep where changes do not show by themselves.
  private static let pollMilliseconds = 1000

  private static let mask =
    UInt32(IN_MODIFY) | UInt32(IN_CREATE) | UInt32(IN_MOVED_TO) | UInt32(IN_MOVED_FROM) | UInt32(IN_DELETE)
    | UInt32(IN_CLOSE_WRITE)

  func watch(_ folder: String) {
    guard watched.withLock({ $0.insert(folder).inserted }) else { return }
    let folder = folder.isEmpty ? "." : folder
    if events < 0 || Self.isRemote(folder) || inotify_add_watch(events, folder, Self.mask) < 0 {
      mustPoll.store(true, ordering: .relaxed)
    }
  }

  /// Whether others than this machine may write there, of which inotify says nothing.
  private static func isRemote(_ folder: String) -> Bool {
    var status = stat()
    guard stat(folder, &status) == 0, let mounts = try? ByteSource.open("/proc/self/mountinfo"),
      let bytes = try? mounts.bytes(at: 0, count: 1 << 20)
    else { return true }
    // `36 35 98:0 /mnt1 /mnt2 rw master:1 - ext3 /dev/root rw`: proc_pid_mountinfo(5).
    let number = UInt64(status.st_dev)
    let major = number >> 8 & 0xFFF | number >> 32 & ~0xFFF
    let minor = number & 0xFF | number >> 12 & 0xFFFF_FF00
    let device = "\(major):\(minor)"
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count > 2, words[2] == device, let dash = words.firstIndex(of: "-"), dash + 1 < words.count else {
        continue
      }
      let kind = words[dash + 1]
      return remoteKinds.contains { kind.hasPrefix($0) }
    }
    return false
  }

  private static let remoteKinds = ["nfs", "cifs", "smb", "fuse", "9p", "afs", "ceph", "gluster", "vboxsf", "virtiofs"]

  /// Ends a sleep, from any thread.
  func wake() {
    var byte: UInt8 = 1
    _ = write(bell.writing, &byte, 1)
  }

  /// Sleeps until something happens or the time is over.
  /// - Parameters:
  ///   - milliseconds: nil for no limit.
  ///   - pipes: descriptors that are waited for too.
  /// - Returns: whether files may have come, gone or got other names.
  func wait(milliseconds: Int?, pipes: [Int32]) -> Bool {
    let polls = mustPoll.load(ordering: .relaxed)
    let limit = polls ? min(milliseconds ?? Self.pollMilliseconds, Self.pollMilliseconds) : milliseconds
    var waited = ([bell.reading] + (events >= 0 ? [events] : []) + pipes).map {
      pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
    }
    _ = poll(&waited, nfds_t(waited.count), limit.map(Int32.init) ?? -1)
    var rung = [UInt8](repeating: 0, count: 64)
    while read(bell.reading, &rung, rung.count) == rung.count {}
    return drain() || polls
  }

  /// Takes what inotify has told; whether names were among it.
  private func drain() -> Bool {
    guard events >= 0 else { return false }
    var hasNames = false
    let room = 64 << 10
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: room, alignment: 8)
    defer { buffer.deallocate() }
    while true {
      let got = read(events, buffer.baseAddress, room)
      guard got > 0 else { return hasNames }
      var at = 0
      while at + MemoryLayout<inotify_event>.size <= got {
        let event = buffer.loadUnaligned(fromByteOffset: at, as: inotify_event.self)
        // A watch that was lost or too many events: look at everything.
        if event.mask & ~(UInt32(IN_MODIFY) | UInt32(IN_CLOSE_WRITE)) != 0 { hasNames = true }
        at += MemoryLayout<inotify_event>.size + Int(event.len)
      }
    }
  }
}

/// Seconds of a clock that is never set.
func monotonicSeconds() -> Double {
  Double(DispatchTime.now().uptimeNanoseconds) / 1e9
}
