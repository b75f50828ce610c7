/// Many short texts in one stretch of bytes, so that to look through all of them takes no time.
struct TextList: Sendable {
  private var bytes: [UInt8] = []
  /// Where each text ends.
  private var ends: [Int] = []

  init(_ texts: some Collection<String>) {
    ends.reserveCapacity(texts.count)
    for text in texts {
      bytes += text.utf8
      ends.append(bytes.count)
    }
  }

  /// For each text whether all the words stand in it, byte by byte.
  func having(_ words: [String]) -> [Bool] {
    var all = [Bool](repeating: true, count: ends.count)
    for word in words {
      let word = Array(word.utf8)
      bytes.withUnsafeBufferPointer { bytes in
        var start = 0
        for (index, end) in ends.enumerated() {
          if all[index] { all[index] = bytes[start..<end].holds(word) }
          start = end
        }
      }
    }
    return all
  }
}

extension Slice<UnsafeBufferPointer<UInt8>> {
  fileprivate func holds(_ word: [UInt8]) -> Bool {
    guard let first = word.first else { return true }
    var place = startIndex
    while endIndex - place >= word.count {
      if self[place] == first, self[place..<(place + word.count)].elementsEqual(word) { return true }
      place += 1
    }
    return false
  }
}
