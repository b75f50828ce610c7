/// Pairs of places, rising on both sides, at which two sequences hold the same: the longest such list for sequences of
/// usual size; for long ones the pairs that stand out because they occur once on each side.
///
/// Deterministic. Costs at most some 250,000 steps for each stretch between such pairs, plus n log n.
func commonSubsequence(_ left: [Int], _ right: [Int]) -> [(Int, Int)] {
  var pairs: [(Int, Int)] = []
  var stretches: [(left: Range<Int>, right: Range<Int>)] = [(left.indices, right.indices)]
  while let stretch = stretches.popLast() {
    var a = stretch.left
    var b = stretch.right
    while let i = a.first, let j = b.first, left[i] == right[j] {
      pairs.append((i, j))
      a = a.dropFirst()
      b = b.dropFirst()
    }
    while let i = a.last, let j = b.last, left[i] == right[j] {
      pairs.append((i, j))
      a = a.dropLast()
      b = b.dropLast()
    }
    if a.isEmpty || b.isEmpty { continue }
    if a.count * b.count <= 250_000 {
      pairs += longest(left[a], right[b])
      continue
    }
    let anchors = uniquePairs(left[a], right[b])
    if anchors.isEmpty { continue }
    pairs += anchors
    var from = (a.lowerBound, b.lowerBound)
    for anchor in anchors + [(a.upperBound, b.upperBound)] {
      if from.0 < anchor.0, from.1 < anchor.1 { stretches.append((from.0..<anchor.0, from.1..<anchor.1)) }
      from = (anchor.0 + 1, anchor.1 + 1)
    }
  }
  return pairs.sorted { $0 < $1 }
}

/// The classic table, walked from the front so that the earliest of several equal matches is taken.
private func longest(_ left: ArraySlice<Int>, _ right: ArraySlice<Int>) -> [(Int, Int)] {
  let width = right.count + 1
  var table = [Int32](repeating: 0, count: (left.count + 1) * width)
  let a = Array(left)
  let b = Array(right)
  for i in stride(from: a.count - 1, through: 0, by: -1) {
    for j in stride(from: b.count - 1, through: 0, by: -1) {
      table[i * width + j] =
        a[i] == b[j]
        ? table[(i + 1) * width + j + 1] + 1 : max(table[(i + 1) * width + j], table[i * width + j + 1])
    }
  }
  var pairs: [(Int, Int)] = []
  var i = 0
  var j = 0
  while i < a.count, j < b.count {
    if a[i] == b[j] {
      pairs.append((left.startIndex + i, right.startIndex + j))
      i += 1
      j += 1
    } else if table[(i + 1) * width + j] >= table[i * width + j + 1] {
      i += 1
    } else {
      j += 1
    }
  }
  return pairs
}

/// The longest rising list of pairs among the values that occur once on each side.
private func uniquePairs(_ left: ArraySlice<Int>, _ right: ArraySlice<Int>) -> [(Int, Int)] {
  func once(_ values: ArraySlice<Int>) -> [Int: Int] {
    var places: [Int: Int] = [:]
    for index in values.indices { places[values[index]] = places[values[index]] == nil ? index : -1 }
    return places
  }
  let inLeft = once(left)
  let inRight = once(right)
  let candidates = left.indices.compactMap { index -> (Int, Int)? in
    guard inLeft[left[index]] == index, let other = inRight[left[index]], other >= 0 else { return nil }
    return (index, other)
  }
  return risingIndices(candidates.map(\.1)).map { candidates[$0] }
}

/// Places of the longest strictly rising subsequence.
func risingIndices(_ values: [Int]) -> [Int] {
  var tails: [Int] = []
  var previous = [Int](repeating: -1, count: values.count)
  for index in values.indices {
    var low = 0
    var high = tails.count
    while low < high {
      let middle = (low + high) / 2
      if values[tails[middle]] < values[index] { low = middle + 1 } else { high = middle }
    }
    if low > 0 { previous[index] = tails[low - 1] }
    if low == tails.count { tails.append(index) } else { tails[low] = index }
  }
  var result: [Int] = []
  var at = tails.last ?? -1
  while at >= 0 {
    result.append(at)
    at = previous[at]
  }
  return result.reversed()
}
