/// The names that look most like a word, nearest first.
package enum Suggestions {
  /// At most `count`; only names within two edits, or that begin with the word.
  package static func near(_ word: String, among names: [String], count: Int = 3) -> [String] {
    let word = word.lowercased()
    guard !word.isEmpty, word.count <= 40 else { return [] }
    let limit = word.count <= 3 ? 1 : 2
    return names.enumerated()
      .map { (order: $0, name: $1, distance: distance(word, $1.lowercased())) }
      .filter { $0.distance <= limit || (word.count >= 2 && $0.name.lowercased().hasPrefix(word)) }
      .sorted { ($0.distance, $0.order) < ($1.distance, $1.order) }
      .prefix(count).map(\.name)
  }

  /// Insertions, deletions, replacements and swaps of neighbours that lead from one to the other.
  private static func distance(_ left: String, _ right: String) -> Int {
    let a = Array(left.unicodeScalars)
    let b = Array(right.unicodeScalars)
    var before: [Int] = []
    var last = Array(0...b.count)
    for i in 0..<a.count {
      var row = [i + 1]
      for j in 0..<b.count {
        var best = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, before[j - 1] + 1) }
        row.append(best)
      }
      before = last
      last = row
    }
    return last[b.count]
  }
}
