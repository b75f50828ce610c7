/// What was walked through of a text: its objects and lists in the order in which they begin.
struct RedactionOutline {
  struct Node {
    /// Where it stands in the text.
    var start: Int
    var end: Int
    /// Index of the first node behind those inside.
    var next: Int
    var place: RedactionPlace
    /// It was read to its end, nothing in it was replaced, and nothing outside but its place had a part in that.
    var isClean: Bool
  }
  var text: [UInt8] = []
  var mode = Redactor.Mode.on
  var holdsSecrets = false
  var nodes: [Node] = []
}

/// The objects and lists of a text that is walked through, beside those of a text like it that was walked through
/// before in the same mode, as one that holds Secrets or as one that does not.
///
/// Whether a string inside an object is replaced depends on the object's place and its own bytes alone: so what has the
/// place and the bytes of one that was clean is clean.
struct RedactionTrail {
  private let before: [RedactionOutline.Node]
  private let textBefore: UnsafeRawBufferPointer
  private(set) var nodes: [RedactionOutline.Node] = []
  /// What is open, the innermost last; the first is the text as a whole.
  private var open: [Open]

  private struct Open {
    /// Of the object or list itself.
    var node: Int
    /// Of what stood in its place before: its next item, the one before that, and the end.
    var next: Int
    var previous: Int?
    var end: Int
  }

  /// - Parameter text: what the nodes are of; has to outlive the trail.
  init(like nodes: [RedactionOutline.Node], of text: UnsafeRawBufferPointer) {
    before = nodes
    textBefore = text
    open = [Open(node: -1, next: 0, end: nodes.count)]
    open.reserveCapacity(32)
    self.nodes.reserveCapacity(nodes.count + 16)
  }

  /// Takes the object or list that begins.
  /// - Returns: where it ends, if it is known and clean; else nil, and `leave` has to follow.
  mutating func enter(_ start: Int, _ place: RedactionPlace, in bytes: UnsafeRawBufferPointer) -> Int? {
    let siblings = open[open.count - 1]
    var likeliest: Int?
    var candidate = siblings.previous ?? siblings.next
    // Something may have come or gone before it.
    for _ in 0..<4 where candidate < siblings.end {
      if isPlace(before[candidate].place, place, in: bytes) {
        if let end = stepOver(candidate, start, place, in: bytes) { return end }
        if candidate >= siblings.next { likeliest = likeliest ?? candidate }
      }
      candidate = before[candidate].next
    }
    open.append(Open(node: nodes.count, next: 0, end: 0))
    nodes.append(.init(start: start, end: start, next: 0, place: place, isClean: false))
    if let likeliest {
      open[open.count - 1].next = likeliest + 1
      open[open.count - 1].end = before[likeliest].next
      moveOn(behind: likeliest, inside: open.count - 2)
    }
    return nil
  }

  /// Closes what was entered last.
  mutating func leave(_ end: Int, isClean: Bool) {
    let own = open.removeLast().node
    nodes[own].end = end
    nodes[own].next = nodes.count
    nodes[own].isClean = isClean
  }

  private mutating func stepOver(
    _ known: Int, _ start: Int, _ place: RedactionPlace, in bytes: UnsafeRawBufferPointer
  ) -> Int? {
    let node = before[known]
    guard node.isClean, bytes.holds(textBefore.part(node.start..<node.end), at: start) else { return nil }
    let shift = start - node.start
    let own = nodes.count
    for var inner in before[known..<node.next] {
      inner.start += shift
      inner.end += shift
      inner.next += own - known
      // The items of a list have the key that stands in front of it; what a pointer leads to has none.
      let key = inner.place.key
      if !key.range.isEmpty { inner.place.key = key.range.lowerBound < node.start ? place.key : key.moved(by: shift) }
      nodes.append(inner)
    }
    moveOn(behind: known, inside: open.count - 1)
    return node.end + shift
  }

  private mutating func moveOn(behind node: Int, inside place: Int) {
    guard node >= open[place].next else { return }
    open[place].previous = node
    open[place].next = before[node].next
  }

  private func isPlace(_ known: RedactionPlace, _ place: RedactionPlace, in bytes: UnsafeRawBufferPointer) -> Bool {
    known.signs == place.signs && known.key.range.count == place.key.range.count
      && bytes.holds(textBefore.part(known.key.range), at: place.key.range.lowerBound)
  }
}
