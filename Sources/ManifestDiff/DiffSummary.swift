import AuditModel

extension VersionDiff {
  /// What changed in a few words: `order 100 -> 700, ingress[0]`, `labels only`, `new 23 lines`.
  ///
  /// `+` and `-` stand before what came and went. Hidden characters of the log are escaped.
  /// - Parameter limit: characters at most, when it is 12 or more; what does not fit is counted: `, +2`.
  /// - Returns: an empty text when nothing differs.
  public func summary(limit: Int) -> String {
    switch (old, new) {
    case (nil, _?): return "new \(lineCount)"
    case (_?, nil): return "gone \(lineCount)"
    default: break
    }
    if fields.isEmpty {
      guard hiddenMachineFields > 0 else { return "" }
      return old?["status"] != new?["status"] ? "status only" : "machine fields only"
    }
    if let section = metadataSection { return section + " only" }
    var words: [String] = []
    var seen: Set<String> = []
    // What the object does comes before what it is called.
    let first = fields.filter { !$0.path.hasPrefix("metadata") }
    for field in first + fields.filter({ $0.path.hasPrefix("metadata") }) {
      let word = self.word(field, limit: limit)
      if seen.insert(word).inserted { words.append(word) }
    }
    return VersionDiff.joined(words, limit: limit)
  }

  private var lineCount: String { lines.count == 1 ? "1 line" : "\(lines.count) lines" }

  /// `labels`, `annotations` or both, when nothing else differs.
  private var metadataSection: String? {
    var names: [String] = []
    for field in fields {
      let steps = FieldPath.steps(field.path)
      guard steps.count >= 2, steps[0] == "metadata" else { return nil }
      if !names.contains(steps[1]) { names.append(steps[1]) }
    }
    return names.count <= 2 ? names.joined(separator: ", ") : "metadata"
  }

  private func word(_ field: FieldChange, limit: Int) -> String {
    var steps = FieldPath.steps(field.path)
    if steps.count > 1, steps[0] == "spec" { steps.removeFirst() }
    let sign =
      switch field.operation {
      case .add: "+"
      case .remove: "-"
      case .replace, .move: ""
      }
    if steps.first == "metadata", steps.count > 1 { return steps[1] }
    // Inside of a list's item, the item is what matters.
    if let index = steps.firstIndex(where: { $0.hasPrefix("[") && !$0.hasPrefix("[\"") }), index > 0 {
      let item = VersionDiff.path(steps[...index])
      if field.operation == .move, index == steps.count - 1 { return item + " moved" }
      return index == steps.count - 1 ? sign + item : item
    }
    let name = VersionDiff.path(steps[...])
    guard field.operation == .replace, steps.count == 1, let old = field.old, let new = field.new,
      old.members == nil, old.array == nil, new.members == nil, new.array == nil
    else { return sign + name }
    let change = "\(name) \(YAMLScalar.text(old)) -> \(YAMLScalar.text(new))"
    return change.count <= limit ? change : name
  }

  private static func path(_ steps: ArraySlice<String>) -> String {
    steps.reduce("") { $0.isEmpty || $1.hasPrefix("[") ? $0 + $1 : $0 + "." + $1 }
  }

  private static func joined(_ words: [String], limit: Int) -> String {
    var text = ""
    for (index, word) in words.enumerated() {
      let rest = words.count - index - 1
      let longer = text.isEmpty ? word : text + ", " + word
      let tail = rest == 0 ? "" : ", +\(rest)"
      if longer.count + tail.count > limit {
        if text.isEmpty { return clipped(word, rest, limit) }
        return text + ", +\(rest + 1)"
      }
      text = longer
    }
    return text
  }

  private static func clipped(_ word: String, _ rest: Int, _ limit: Int) -> String {
    let tail = rest == 0 ? "" : ", +\(rest)"
    let room = max(1, limit - tail.count - 3)
    return word.count + tail.count <= limit ? word + tail : word.prefix(room) + "..." + tail
  }
}
