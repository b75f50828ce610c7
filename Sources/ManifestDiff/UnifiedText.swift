import AuditModel

extension VersionDiff {
  /// A unified diff of the two YAML texts as `patch(1)` takes it; empty when they are equal.
  ///
  /// - Parameters:
  ///   - leftName: stands in the `---` line; hidden characters in it are escaped, so that a name is one line.
  ///   - context: equal lines around each change.
  public func unifiedText(leftName: String, rightName: String, context: Int = 3) -> String {
    // Lines of equal meaning may differ in their text: then a patch has to replace them too.
    let isEqual = lines.map { line in
      if let old = line.old?.text, let new = line.new?.text { old.isExactly(new) } else { false }
    }
    var groups: [Range<Int>] = []
    for index in lines.indices where !isEqual[index] {
      let start = max(0, index - context)
      let stop = min(lines.count, index + context + 1)
      if let last = groups.last, start <= last.upperBound {
        groups[groups.count - 1] = last.lowerBound..<stop
      } else {
        groups.append(start..<stop)
      }
    }
    if groups.isEmpty { return "" }
    var text = "--- \(VersionDiff.fileName(leftName))\n+++ \(VersionDiff.fileName(rightName))\n"
    var at = (row: 0, left: 0, right: 0)
    func advance(to row: Int) {
      while at.row < row {
        if lines[at.row].old != nil { at.left += 1 }
        if lines[at.row].new != nil { at.right += 1 }
        at.row += 1
      }
    }
    for group in groups {
      advance(to: group.lowerBound)
      let before = at
      var body = ""
      var added = ""
      for index in group {
        let line = lines[index]
        if isEqual[index] {
          body += added + " " + (line.old?.text ?? "") + "\n"
          added = ""
        } else {
          if let old = line.old { body += "-" + old.text + "\n" }
          if let new = line.new { added += "+" + new.text + "\n" }
        }
      }
      body += added
      advance(to: group.upperBound)
      let left = VersionDiff.range(before.left, at.left - before.left)
      let right = VersionDiff.range(before.right, at.right - before.right)
      text += "@@ -\(left) +\(right) @@\n" + body
    }
    return text
  }

  /// Lines count from 1; an empty stretch is named after the line before it.
  private static func range(_ before: Int, _ count: Int) -> String {
    count == 1 ? String(before + 1) : "\(count == 0 ? before : before + 1),\(count)"
  }

  private static func fileName(_ name: String) -> String { YAMLScalar.visible(name) }
}
