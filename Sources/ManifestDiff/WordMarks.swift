/// Marks the words that differ between two versions of a line.
func markedWords(_ old: String, _ new: String) -> (old: MarkedText, new: MarkedText) {
  let left = words(old)
  let right = words(new)
  var start = 0
  while start < left.count, start < right.count, left[start].isExactly(right[start]) { start += 1 }
  var leftEnd = left.count
  var rightEnd = right.count
  while leftEnd > start, rightEnd > start, left[leftEnd - 1].isExactly(right[rightEnd - 1]) {
    leftEnd -= 1
    rightEnd -= 1
  }
  var leftSame = Array(repeating: true, count: left.count)
  var rightSame = Array(repeating: true, count: right.count)
  for index in start..<leftEnd { leftSame[index] = false }
  for index in start..<rightEnd { rightSame[index] = false }
  // Beyond this size the whole stretch counts as different: nobody reads word marks in such a line.
  if (leftEnd - start) * (rightEnd - start) <= 250_000 {
    var numbers: [ExactKey: Int] = [:]
    func number(_ word: Substring) -> Int {
      let key = ExactKey(String(word))
      if let known = numbers[key] { return known }
      numbers[key] = numbers.count
      return numbers.count - 1
    }
    for pair in commonSubsequence(left[start..<leftEnd].map(number), right[start..<rightEnd].map(number)) {
      leftSame[start + pair.0] = true
      rightSame[start + pair.1] = true
    }
  }
  return (marked(left, leftSame), marked(right, rightSame))
}

private func marked(_ words: [Substring], _ same: [Bool]) -> MarkedText {
  var pieces: [MarkedText.Piece] = []
  for (word, isSame) in zip(words, same) {
    if let last = pieces.indices.last, pieces[last].isMarked == !isSame {
      pieces[last].text += word
    } else {
      pieces.append(.init(String(word), isMarked: !isSame))
    }
  }
  return MarkedText(pieces)
}

/// Runs of letters, digits, `-`, `_` and `.`, runs of spaces, and every other character alone.
private func words(_ text: String) -> [Substring] {
  enum Sort { case word, space, other }
  func sort(_ character: Character) -> Sort {
    if character == " " { return .space }
    return character.isLetter || character.isNumber || character == "-" || character == "_" || character == "."
      ? .word : .other
  }
  var result: [Substring] = []
  var start = text.startIndex
  var at = start
  var current = Sort.other
  while at < text.endIndex {
    let next = sort(text[at])
    if at > start, next != current || next == .other {
      result.append(text[start..<at])
      start = at
    }
    current = next
    at = text.index(after: at)
  }
  if start < at { result.append(text[start..<at]) }
  return result
}

extension Substring {
  func isExactly(_ other: Substring) -> Bool { utf8.elementsEqual(other.utf8) }
}
