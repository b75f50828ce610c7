import AuditModel
import EventQueries

/// What one writer wrote, one after the other: a file and what rotation made of it.
struct LogStream: Sendable {
  /// The path that the writer writes to: `/var/log/audit.log`.
  var name: String
  /// In the order in which they were written.
  var sources: [SourceTally]

  var files: [String] { sources.map(\.file) }

  var clusters: Set<String?> { sources.reduce(into: []) { $0.formUnion($1.clusters) } }
  /// Servers of two clusters have nothing in common but the time.
  func mayShareCluster(with other: LogStream) -> Bool {
    clusters.isEmpty || other.clusters.isEmpty || !clusters.isDisjoint(with: other.clusters)
  }

  /// Ascending.
  func times(of data: DataKind) -> [Timestamp] {
    let parts = sources.compactMap { $0.times[data] }.filter { !$0.isEmpty }
    return parts.count == 1 ? parts[0] : parts.joined().sorted()
  }

  static func streams(of sources: [SourceTally]) -> [LogStream] {
    var order: [String] = []
    var members: [String: [SourceTally]] = [:]
    for source in sources {
      let name = RotatedName(source.file).set
      if members[name] == nil { order.append(name) }
      members[name, default: []].append(source.inOrderOfWriting)
    }
    return order.map { LogStream(name: $0, sources: inOrderOfWriting(members[$0] ?? [])) }
  }

  /// Names carry the time of a clock that may have been set, so files are put where their first line follows on
  /// another's last.
  private static func inOrderOfWriting(_ sources: [SourceTally]) -> [SourceTally] {
    var rest = sources.sorted { ($0.firstTime ?? .never, $0.file) < ($1.firstTime ?? .never, $1.file) }
    guard rest.count > 2, rest.count <= 2000 else { return rest }
    // What follows on nothing is the first.
    func distance(_ left: SourceTally, _ right: SourceTally) -> UInt64 {
      guard let end = left.lines.last?.time, let start = right.lines.first?.time else { return .max }
      return (start.microseconds - end.microseconds).magnitude
    }
    let first =
      rest.indices.max { left, right in
        func nearest(_ index: Int) -> UInt64 {
          rest.indices.filter { $0 != index }.map { distance(rest[$0], rest[index]) }.min() ?? .max
        }
        return nearest(left) < nearest(right)
      } ?? 0
    var ordered = [rest.remove(at: first)]
    while !rest.isEmpty {
      let last = ordered[ordered.count - 1]
      let next = rest.indices.min { distance(last, rest[$0]) < distance(last, rest[$1]) } ?? 0
      ordered.append(rest.remove(at: next))
    }
    return ordered
  }
}

extension SourceTally {
  /// Itself, or its lines turned over where they stand newest first, as a search or `gcloud logging read` gives them.
  fileprivate var inOrderOfWriting: SourceTally {
    let order = LineOrder(lines.lazy.map(\.time.microseconds))
    guard order.isNewestFirst else { return self }
    var copy = self
    copy.lines.reverse()
    return copy
  }

  /// On its first line where it is an audit log; else the earliest.
  var firstTime: Timestamp? { lines.first?.time ?? times.values.compactMap(\.first).min() }
}

extension Timestamp {
  fileprivate static let never = Timestamp(microseconds: .max)
}

/// A file's name as rotation makes it.
struct RotatedName: Hashable, Sendable {
  /// The path without what rotation added.
  var set: String
  /// When the file was closed: `audit-2026-11-23T04-30-09.468.log`.
  var stamp: Timestamp?
  /// 1 for the youngest: `audit.log.1`.
  var number: Int?

  init(_ path: String) {
    var base = Substring(path)
    for suffix in [".gz", ".zst", ".xz", ".bz2"] where base.hasSuffix(suffix) { base = base.dropLast(suffix.count) }
    set = String(base)
    let nameStart = base.lastIndex(of: "/").map { base.index(after: $0) } ?? base.startIndex
    let name = base[nameStart...]
    if let dot = name.lastIndex(of: "."), let number = Int(name[name.index(after: dot)...]), number < 10_000,
      dot > name.startIndex, name[name.index(after: dot)...].count <= 4, !name[..<dot].suffix(3).contains("-")
    {
      self.number = number
      set = String(base[..<dot])
      return
    }
    // The stamp has a dot itself, so an extension is what follows the last one but for three digits.
    var stem = name
    var ending = Substring()
    if let dot = name.lastIndex(of: "."), Int(name[name.index(after: dot)...]) == nil {
      stem = name[..<dot]
      ending = name[dot...]
    }
    guard stem.count > 24, let time = Self.time(stem.suffix(23)), stem.dropLast(23).hasSuffix("-") else { return }
    stamp = time
    set = String(base[..<nameStart]) + stem.dropLast(24) + ending
  }

  /// `2026-11-23T04-30-09.468`
  private static func time(_ text: Substring) -> Timestamp? {
    let characters = Array(text)
    guard characters.count == 23, characters[10] == "T", characters[13] == "-", characters[16] == "-" else {
      return nil
    }
    return Timestamp(
      rfc3339: String(characters[..<13]) + ":" + String(characters[14..<16]) + ":" + String(characters[17...]) + "Z")
  }
}

/// A rotated file that was written between two others and is not among the sources.
struct MissingFile: Hashable, Sendable {
  var before: String
  var after: String
  /// Nil where only numbers tell.
  var span: ClosedRange<Timestamp>?
}

extension LogStream {
  /// Rotation closes a file because a line has to be written: the next file begins at the time in the name of the one
  /// before. Where none does, and another begins later, one is missing.
  var missingFiles: [MissingFile] {
    numbersLeftOut + stampsWithoutSuccessor
  }

  private var numbersLeftOut: [MissingFile] {
    let numbered = sources.compactMap { source in RotatedName(source.file).number.map { ($0, source.file) } }.sorted {
      $0.0 < $1.0
    }
    return zip(numbered, numbered.dropFirst()).compactMap { young, old in
      old.0 - young.0 > 1 ? MissingFile(before: old.1, after: young.1) : nil
    }
  }

  private var stampsWithoutSuccessor: [MissingFile] {
    let starts = sources.compactMap { source in source.firstTime.map { (time: $0, file: source.file) } }
    guard starts.count > 1 else { return [] }
    let tolerance = max(5, 10 * usualGap)
    return sources.compactMap { source in
      guard let stamp = RotatedName(source.file).stamp else { return nil }
      let later = starts.filter { $0.file != source.file && $0.time >= stamp.adding(seconds: -tolerance) }
      guard let next = later.min(by: { $0.time < $1.time }), next.time > stamp.adding(seconds: tolerance) else {
        return nil
      }
      return MissingFile(before: source.file, after: next.file, span: stamp...next.time)
    }
  }

  /// Seconds that nine of ten gaps between lines do not exceed: from lines that somebody picked out of a log the first
  /// may be missing too.
  private var usualGap: Double {
    let times = times(of: .audit)
    let gaps = zip(times.dropFirst(), times).map { $0.microseconds - $1.microseconds }.sorted()
    return gaps.isEmpty ? 0 : Double(gaps[(gaps.count - 1) * 9 / 10]) / 1_000_000
  }
}
