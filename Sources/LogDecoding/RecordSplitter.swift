import AuditModel

/// Finds records in a text of JSON values: side by side, glued together, in arrays, in the lists that `ListMember`
/// names, behind the text that `LinePrefix` knows.
///
/// It matches brackets and quotes only; whether a record is JSON is found out by reading it. What it decides depends
/// on the text alone and never on where a stretch of it ended.
struct RecordSplitter {
  enum Step: Equatable {
    /// An object, from brace to brace, with the text in front of it that belongs to it.
    case record(Range<Int>)
    /// Text between records, or an object that was cut off. Not empty.
    case junk(Range<Int>)
    /// A record that is longer than anyone writes; reading goes on at the next one.
    case tooLong(Range<Int>)
    /// Nothing more in this stretch: what stands at the given place and behind it is to be given again, longer.
    case wait(Int)
  }

  /// The longest record that is waited for, in bytes. etcd takes 1.5 MiB an object, and a record holds two.
  var longestRecord = usualLongestRecord
  static let usualLongestRecord = 64 << 20

  private enum Context: Equatable {
    case array
    /// Inside a list of records, so many objects deep.
    case items(depth: Int)
    /// Behind it: members that mean nothing here.
    case tail(depth: Int)
  }
  private var contexts: [Context]
  /// - Parameter insideArray: the text begins inside of an array.
  init(insideArray: Bool = false) { contexts = insideArray ? [.array] : [] }
  /// Whether an array or a list of records is open.
  var isInList: Bool { !contexts.isEmpty }
  /// What the objects around a record name as their cluster, the innermost last.
  private var clusters: [(depth: Int, name: String)] = []
  var cluster: String? { clusters.last?.name }
  /// Bytes are passed over until a line starts with a brace.
  private var isSkipping = false
  /// Whether the first byte of the stretch is the first of its line.
  var startsLine = true
  /// How many blanks stand before that byte, where it is the first of its line.
  var firstIndent = 0

  /// The next piece at or behind `start`.
  mutating func next(in bytes: UnsafeRawBufferPointer, from start: Int, isLast: Bool) -> Step {
    var at = start
    if isSkipping {
      guard let line = nextStart(in: bytes, from: at, indent: 0) else { return .wait(max(at, bytes.count - 1)) }
      isSkipping = false
      at = line
    }
    while true {
      at = bytes.afterFiller(from: at, andCommas: true)
      guard at < bytes.count else { return .wait(at - indent(of: at, in: bytes)) }
      if case .tail(let depth) = contexts.last {
        switch scan(bytes, from: at, depth: depth, isLast: isLast) {
        case .closed(let end), .cut(_, let end):
          leave()
          at = end
          continue
        case .list(let items, _, _):
          at = items
          continue
        case .open: return isLast ? .wait(bytes.count) : waiting(in: bytes, from: at)
        }
      }
      switch bytes[at] {
      case Ascii.openBrace:
        switch scan(bytes, from: at, depth: 0, isLast: isLast) {
        case .closed(let end): return .record(at..<end)
        case .cut(let end, _): return .junk(bytes.trimmed(at..<end))
        case .list(let items, let depth, let cluster):
          contexts.append(.items(depth: depth))
          if let cluster { clusters.append((contexts.count, cluster)) }
          at = items
        case .open: return isLast ? .junk(bytes.trimmed(at..<bytes.count)) : waiting(in: bytes, from: at)
        }
      case Ascii.openBracket:
        let inside = bytes.afterFiller(from: at + 1, andCommas: false)
        if inside == bytes.count, !isLast { return waiting(in: bytes, from: at) }
        guard inside == bytes.count || [Ascii.openBrace, Ascii.openBracket, Ascii.closeBracket].contains(bytes[inside])
        else { return junk(in: bytes, from: at, isLast: isLast) }
        contexts.append(.array)
        at += 1
      case Ascii.closeBracket where isInList:
        if case .items(let depth) = contexts.last {
          contexts[contexts.count - 1] = .tail(depth: depth)
        } else {
          leave()
        }
        at += 1
      default:
        return text(in: bytes, from: at, isLast: isLast)
      }
    }
  }

  /// The innermost list ends.
  private mutating func leave() {
    contexts.removeLast()
    while let last = clusters.last, last.depth > contexts.count { clusters.removeLast() }
  }

  /// Text where a value is expected: in front of a record, or junk.
  private mutating func text(in bytes: UnsafeRawBufferPointer, from start: Int, isLast: Bool) -> Step {
    let newline = bytes.first(Ascii.newline, from: start)
    let end = newline ?? bytes.count
    guard contexts.isEmpty else { return junk(in: bytes, from: start, isLast: isLast) }
    // What a line begins with does not depend on how much of it is there.
    if newline == nil, !isLast, end - start < LinePrefix.longest { return waiting(in: bytes, from: start) }
    let head = bytes.part(start..<min(end, start + LinePrefix.longest))
    guard let prefix = LinePrefix.match(head), prefix.isOpenEnded,
      let brace = prefix.payload.first, head[brace] == Ascii.openBrace
    else { return junk(in: bytes, from: start, isLast: isLast) }
    switch scan(bytes, from: start + brace, depth: 0, isLast: isLast) {
    case .closed(let end): return .record(start..<end)
    case .cut(let end, _): return .junk(bytes.trimmed(start..<end))
    case .list: return junk(in: bytes, from: start, isLast: isLast)
    case .open: return isLast ? .junk(bytes.trimmed(start..<bytes.count)) : waiting(in: bytes, from: start)
    }
  }

  private mutating func waiting(in bytes: UnsafeRawBufferPointer, from at: Int) -> Step {
    // The blanks before it tell how far in it stands.
    guard bytes.count - at > longestRecord else { return .wait(at - indent(of: at, in: bytes)) }
    isSkipping = true
    return .tooLong(at..<bytes.count)
  }

  /// The rest of the line, or in a list what stands before the next object.
  private mutating func junk(in bytes: UnsafeRawBufferPointer, from start: Int, isLast: Bool) -> Step {
    let newline = bytes.first(Ascii.newline, from: start)
    if newline == nil, !isLast { return waiting(in: bytes, from: start) }
    let end = newline ?? bytes.count
    if !contexts.isEmpty {
      var at = start
      while let comma = bytes.first(Ascii.comma, from: at), comma < end {
        let next = bytes.afterFiller(from: comma + 1, andCommas: false)
        if next < end, bytes[next] == Ascii.openBrace { return .junk(bytes.trimmed(start..<comma)) }
        at = comma + 1
      }
    }
    return .junk(bytes.trimmed(start..<end))
  }

  private enum Scan {
    case closed(Int)
    /// The object ends before `end` without its bracket; the text goes on at `resume`.
    case cut(end: Int, resume: Int)
    /// It is a list of records, which start here, so many objects deep.
    case list(Int, depth: Int, cluster: String?)
    case open
  }

  /// Runs over an object. With a `depth` above 0 it starts inside of it.
  private func scan(_ bytes: UnsafeRawBufferPointer, from start: Int, depth startDepth: Int, isLast: Bool) -> Scan {
    var head = ObjectHead()
    var depth = startDepth
    var at = start
    let indent = indent(of: start, in: bytes)
    while at < bytes.count {
      switch bytes[at] {
      case Ascii.quote:
        let close = bytes.closingQuote(from: at + 1) ?? bytes.count
        // A string does not go over a line end: what is left open there was cut off.
        if let newline = bytes.first(Ascii.newline, in: at..<close) {
          return cut(bytes, from: start, at: newline, indent: indent, isLast: isLast)
        }
        if close == bytes.count { return open(bytes, from: start, isLast: isLast) }
        if depth == 1 || depth == 2 && head.isTwoDeep { head.string(bytes.part((at + 1)..<close), depth: depth) }
        at = close
      case Ascii.openBrace:
        depth += 1
        if depth <= 2 { head.open(depth: depth) }
      case Ascii.openBracket:
        if startDepth == 0, depth == 1 || depth == 2 && head.isTwoDeep, head.isList(depth: depth) {
          return .list(at + 1, depth: depth, cluster: head.cluster)
        }
        if startDepth == 0, depth == 1, head.isItemsOfOther {
          guard let isOne = bytes.beginsWithEvent(from: at + 1) else {
            if isLast { return open(bytes, from: start, isLast: true) } else { return .open }
          }
          if isOne { return .list(at + 1, depth: depth, cluster: head.cluster) }
        }
        depth += 1
      case Ascii.closeBrace, Ascii.closeBracket:
        depth -= 1
        if depth <= 0 { return emptied(bytes, start..<at) ?? .closed(at + 1) }
      case Ascii.comma where depth == 1 || depth == 2 && head.isTwoDeep:
        head.isAtKey = true
      case Ascii.newline:
        let brace = at + 1 + indent
        // Inside of a record that spans lines all stands further to the right than the record.
        if bytes.isStart(at + 1, indent: indent) { return emptied(bytes, start..<at) ?? .cut(end: at, resume: at + 1) }
        if brace >= bytes.count, !isLast { return .open }
      default: break
      }
      at += 1
    }
    return open(bytes, from: start, isLast: isLast)
  }

  private func open(_ bytes: UnsafeRawBufferPointer, from start: Int, isLast: Bool) -> Scan {
    isLast ? emptied(bytes, start..<bytes.count) ?? .open : .open
  }

  /// A run of NULs is where a file was emptied under its writer: no record goes on behind it.
  private func emptied(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Scan? {
    bytes.nulRun(in: range).map { .cut(end: $0.lowerBound, resume: $0.upperBound) }
  }

  private func cut(
    _ bytes: UnsafeRawBufferPointer, from start: Int, at newline: Int, indent: Int, isLast: Bool
  ) -> Scan {
    if let run = emptied(bytes, start..<newline) { return run }
    if let resume = nextStart(in: bytes, from: newline, indent: indent) { return .cut(end: resume, resume: resume) }
    return isLast ? .cut(end: bytes.count, resume: bytes.count) : .open
  }

  /// The start of the next line, from the newline at or behind `from`, that holds a brace behind `indent` blanks.
  private func nextStart(in bytes: UnsafeRawBufferPointer, from: Int, indent: Int) -> Int? {
    var at = from
    while let newline = bytes.first(Ascii.newline, from: at) {
      if bytes.isStart(newline + 1, indent: indent) { return newline + 1 }
      at = newline + 1
    }
    return nil
  }

  /// How many blanks stand before a place on its line; 0 where something else does, or more than anyone writes.
  func indent(of place: Int, in bytes: UnsafeRawBufferPointer) -> Int {
    var at = place
    while at > 0, place - at <= 1024, bytes[at - 1] == 0x20 || bytes[at - 1] == 0x09 { at -= 1 }
    let isFirst = at == 0 ? startsLine : bytes[at - 1] == Ascii.newline
    return isFirst && place - at <= 1024 ? place - at + (at == 0 ? firstIndent : 0) : 0
  }

  /// What the members before a list say about an object.
  private struct ObjectHead {
    var isAtKey = false
    private var key = UnsafeRawBufferPointer(start: nil, count: 0)
    /// The key of the object inside that is looked into.
    private var outer: UnsafeRawBufferPointer?
    private var isEventList = false
    private var isOther = false
    private var isRecord = false
    private(set) var cluster: String?

    init() {}

    /// Whether an object inside may hold a list of records.
    var isTwoDeep: Bool { outer != nil }

    mutating func open(depth: Int) {
      if depth == 1 { return isAtKey = true }
      outer = !isAtKey && ListMember.all.contains { $0.path.count == 2 && key == $0.path[0] } ? key : nil
      isAtKey = outer != nil
    }

    func isList(depth: Int) -> Bool {
      guard !isAtKey, !isRecord, isEventList || !isOther else { return false }
      return ListMember.all.contains { member in
        guard member.path.count == depth else { return false }
        return depth == 1 ? key == member.path[0] : key == member.path[1] && outer.map { $0 == member.path[0] } ?? false
      }
    }

    /// `items` of a list that calls itself something else than an EventList: what the first item is decides.
    var isItemsOfOther: Bool { !isAtKey && !isRecord && isOther && !isEventList && key == "items" }

    mutating func string(_ text: UnsafeRawBufferPointer, depth: Int) {
      if isAtKey {
        key = text
        isAtKey = false
        if depth == 1, key == "auditID" { isRecord = true }
      } else if depth > 1 {
        return
      } else if key == "kind" {
        if text == "EventList" { isEventList = true } else { isOther = true }
      } else if key == "apiVersion" {
        if !text.starts(with: "audit.k8s.io/") { isOther = true }
      } else if key == "logGroup" {
        cluster = eksCluster(text)
      }
    }
  }
}

extension UnsafeRawBufferPointer {
  /// Whether a brace stands here behind just so many blanks.
  fileprivate func isStart(_ place: Int, indent: Int) -> Bool {
    let brace = place + indent
    guard brace < count, self[brace] == Ascii.openBrace else { return false }
    return self[place..<brace].allSatisfy { $0 == 0x20 || $0 == 0x09 }
  }

  /// Whether the first item of an array, which begins before a place, is an object with an audit ID; nil where the
  /// bytes end before that is known.
  fileprivate func beginsWithEvent(from start: Int) -> Bool? {
    var at = afterFiller(from: start)
    guard at < count else { return nil }
    guard self[at] == Ascii.openBrace else { return false }
    var (depth, isAtKey) = (0, false)
    while at < count {
      switch self[at] {
      case Ascii.quote:
        guard let close = closingQuote(from: at + 1) else { return nil }
        if depth == 1, isAtKey, part((at + 1)..<close) == "auditID" { return true }
        isAtKey = false
        at = close
      case Ascii.openBrace, Ascii.openBracket:
        depth += 1
        isAtKey = depth == 1
      case Ascii.closeBrace, Ascii.closeBracket:
        depth -= 1
        if depth == 0 { return false }
      case Ascii.comma: isAtKey = depth == 1
      default: break
      }
      at += 1
    }
    return nil
  }

  /// The first run of eight or more NULs.
  fileprivate func nulRun(in range: Range<Int>) -> Range<Int>? {
    var at = range.lowerBound
    while let start = first(0, in: at..<range.upperBound) {
      at = start
      while at < range.upperBound, self[at] == 0 { at += 1 }
      if at - start >= 8 { return start..<at }
    }
    return nil
  }
}
