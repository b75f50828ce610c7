import AuditModel

/// How the items of two lists belong together, as steps that walk through both.
enum ListStep: Equatable {
  case pair(Int, Int)
  case remove(Int)
  case add(Int)
  /// The item has another place among those that stayed: seen first where it was, then where it is, or the other way.
  case moveOut(Int, Int)
  case moveIn(Int, Int)
}

/// Pairs items by name where they have names and order does not decide, else in order by content.
///
/// - Parameter name: key that holds the list; nil for a list inside a list.
func alignment(_ old: [ManifestNode], _ new: [ManifestNode], name: String?) -> [ListStep] {
  var partner = [Int?](repeating: nil, count: old.count)
  var isTaken = [Bool](repeating: false, count: new.count)
  var inOrder: Set<Int> = []
  func pair(_ i: Int, _ j: Int, staysInOrder: Bool) {
    partner[i] = j
    isTaken[j] = true
    if staysInOrder { inOrder.insert(i) }
  }

  if !orderedLists.contains(name ?? ""), let names = identities(old, new, name: name) {
    let places = Dictionary(zip(names.new, names.new.indices), uniquingKeysWith: { first, _ in first })
    let pairs = names.old.indices.compactMap { i in places[names.old[i]].map { (i, $0) } }
    let rising = Set(risingIndices(pairs.map(\.1)))
    for (number, match) in pairs.enumerated() { pair(match.0, match.1, staysInOrder: rising.contains(number)) }
  } else {
    let same = commonSubsequence(old.map(\.meaning), new.map(\.meaning))
    for match in same { pair(match.0, match.1, staysInOrder: true) }
    // Whatever else is equal has moved.
    var places: [Int: [Int]] = [:]
    for j in new.indices.reversed() where !isTaken[j] { places[new[j].meaning, default: []].append(j) }
    for i in old.indices where partner[i] == nil {
      if let j = places[old[i].meaning]?.popLast() { pair(i, j, staysInOrder: false) }
    }
    var from = (0, 0)
    for anchor in same + [(old.count, new.count)] {
      let removed = (from.0..<anchor.0).filter { partner[$0] == nil }
      let added = (from.1..<anchor.1).filter { !isTaken[$0] }
      for match in likeliestPairs(removed, added, old, new) { pair(match.0, match.1, staysInOrder: true) }
      from = (anchor.0 + 1, anchor.1 + 1)
    }
  }

  var source = [Int?](repeating: nil, count: new.count)
  for (i, j) in partner.enumerated() { if let j { source[j] = i } }
  var steps: [ListStep] = []
  var i = 0
  var j = 0
  while i < old.count || j < new.count {
    if i < old.count, !inOrder.contains(i) {
      steps.append(partner[i].map { .moveOut(i, $0) } ?? .remove(i))
      i += 1
    } else if j < new.count, source[j].map({ !inOrder.contains($0) }) ?? true {
      steps.append(source[j].map { .moveIn($0, j) } ?? .add(j))
      j += 1
    } else {
      steps.append(.pair(i, j))
      i += 1
      j += 1
    }
  }
  return steps
}

/// Lists in which the place of an item decides what it does, whatever the item is called.
let orderedLists: Set<String> = ["ingress", "egress", "types", "args", "command"]

/// What items are called, if all have names of one sort and each name stands once on each side.
private func identities(_ old: [ManifestNode], _ new: [ManifestNode], name: String?) -> (
  old: [ExactKey], new: [ExactKey]
)? {
  let candidates: [[String]] =
    switch name {
    case "subjects": [["kind", "namespace", "name"]]
    case "ownerReferences": [["uid"]]
    case "conditions": [["type"]]
    default: [["name"], ["key"], ["kind", "namespace", "name"]]
    }
  for fields in candidates {
    if let left = identities(old, fields), let right = identities(new, fields) { return (left, right) }
  }
  return nil
}

/// Nil unless every item has the last of the fields and no two items agree in all.
private func identities(_ items: [ManifestNode], _ fields: [String]) -> [ExactKey]? {
  var seen: Set<ExactKey> = []
  var result: [ExactKey] = []
  for item in items {
    guard item.members != nil, let last = fields.last, item.member(last)?.value.string != nil else { return nil }
    let key = ExactKey(fields.map { item.member($0)?.value.json ?? "" }.joined(separator: " "))
    guard seen.insert(key).inserted else { return nil }
    result.append(key)
  }
  return result
}

/// Pairs of removed and added items that are most alike, in order; what has nothing in common stays alone.
private func likeliestPairs(
  _ removed: [Int], _ added: [Int], _ old: [ManifestNode], _ new: [ManifestNode]
) -> [(Int, Int)] {
  guard let i = removed.first, let j = added.first else { return [] }
  if removed.count == 1, added.count == 1 { return old[i].isSameSort(as: new[j]) ? [(i, j)] : [] }
  guard removed.count * added.count <= 4096 else {
    return zip(removed, added).filter { old[$0].isSameSort(as: new[$1]) && old[$0].likeness(to: new[$1]) >= 0.35 }
      .map { ($0, $1) }
  }
  // Rows from the back, so that walking from the front prefers the earlier of equally good pairs.
  let width = added.count + 1
  var best = [Double](repeating: 0, count: (removed.count + 1) * width)
  var gain = [Double](repeating: 0, count: removed.count * added.count)
  for a in removed.indices.reversed() {
    for b in added.indices.reversed() {
      let likeness = old[removed[a]].likeness(to: new[added[b]])
      if likeness >= 0.35 { gain[a * added.count + b] = likeness + (a == b ? 0.01 : 0) }
      best[a * width + b] = max(
        best[(a + 1) * width + b], best[a * width + b + 1], gain[a * added.count + b] + best[(a + 1) * width + b + 1])
    }
  }
  var pairs: [(Int, Int)] = []
  var a = 0
  var b = 0
  while a < removed.count, b < added.count {
    let taken = gain[a * added.count + b]
    if taken > 0, taken + best[(a + 1) * width + b + 1] >= best[a * width + b] {
      pairs.append((removed[a], added[b]))
      a += 1
      b += 1
    } else if best[(a + 1) * width + b] >= best[a * width + b + 1] {
      a += 1
    } else {
      b += 1
    }
  }
  return pairs
}

extension ManifestNode {
  func isSameSort(as other: ManifestNode) -> Bool {
    switch (value, other.value) {
    case (.object, .object), (.array, .array): true
    case (.object, _), (.array, _), (_, .object), (_, .array): false
    default: true
    }
  }

  /// From 0 for nothing in common to 1 for the same. Objects of one shape have something in common; a name that
  /// stays says most, a name that differs says that it is another thing.
  func likeness(to other: ManifestNode, depth: Int = 0) -> Double {
    if meaning == other.meaning { return 1 }
    guard isSameSort(as: other), depth < 5 else { return 0 }
    switch (content, other.content) {
    case (.object(let mine), .object(let theirs)):
      var sum = 0.0
      var shared = 0
      for member in mine {
        guard let match = theirs.first(where: { $0.key == member.key }) else { continue }
        shared += 1
        sum += 0.4 + 0.6 * member.node.likeness(to: match.node, depth: depth + 1)
      }
      let likeness = sum / Double(mine.count + theirs.count - shared)
      guard let name = self.member("name"), let otherName = other.member("name") else { return likeness }
      return name.meaning == otherName.meaning ? max(likeness, 0.8) : likeness / 2
    case (.list(let mine), .list(let theirs)):
      var counts: [Int: Int] = [:]
      for item in mine { counts[item.meaning, default: 0] += 1 }
      var common = 0
      for item in theirs where counts[item.meaning, default: 0] > 0 {
        counts[item.meaning, default: 0] -= 1
        common += 1
      }
      if common == 0, let first = mine.first, let second = theirs.first {
        return 0.5 * first.likeness(to: second, depth: depth + 1)
      }
      return 2 * Double(common) / Double(mine.count + theirs.count)
    case (.inline, .inline):
      guard let text = value.string, let otherText = other.value.string else { return 0 }
      return textLikeness(text, otherText)
    default: return 0
    }
  }
}

/// The share of the longer text that both begin or end with.
private func textLikeness(_ left: String, _ right: String) -> Double {
  let a = Array(left.utf8.prefix(400))
  let b = Array(right.utf8.prefix(400))
  let shorter = min(a.count, b.count)
  var start = 0
  while start < shorter, a[start] == b[start] { start += 1 }
  var end = 0
  while end < shorter - start, a[a.count - 1 - end] == b[b.count - 1 - end] { end += 1 }
  return 0.9 * Double(start + end) / Double(max(a.count, b.count, 1))
}
