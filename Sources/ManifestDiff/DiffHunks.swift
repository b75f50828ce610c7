import AuditModel

/// A stretch of `VersionDiff.lines` with changed lines of one section and the equal lines around them.
public struct DiffHunk: Hashable, Sendable {
  /// The section of the manifest: `spec`, `metadata.labels`, `spec.ingress (order matters)`.
  public var title: String
  /// Indices in `VersionDiff.lines`: the changed lines with their context.
  public var rows: Range<Int>
  /// From the first to the last changed line.
  public var changed: Range<Int>
  public init(title: String, rows: Range<Int>, changed: Range<Int>) {
    self.title = title
    self.rows = rows
    self.changed = changed
  }
}

extension VersionDiff {
  /// The changed lines in groups, from top to bottom; hunks do not overlap. Groups end where the section does, and
  /// where more than twice the context is equal. What was made or taken away as a whole is one group: headings between
  /// its sections would only push it off the screen.
  public func hunks(context: Int = 3) -> [DiffHunk] {
    if let first = lines.first?.operation, first == .add || first == .remove,
      lines.allSatisfy({ $0.operation == first })
    {
      return [DiffHunk(title: "the whole object", rows: lines.indices, changed: lines.indices)]
    }
    let sections = lineSections
    var groups: [Range<Int>] = []
    for index in lines.indices where lines[index].operation != .same {
      if let last = groups.last, sections[last.lowerBound] == sections[index], index - last.upperBound <= 2 * context {
        groups[groups.count - 1] = last.lowerBound..<(index + 1)
      } else {
        groups.append(index..<(index + 1))
      }
    }
    var hunks: [DiffHunk] = []
    var end = 0
    for (number, group) in groups.enumerated() {
      let next = number + 1 < groups.count ? groups[number + 1].lowerBound : lines.count
      // Context goes to the hunk whose section it is of; what lies before comes first.
      var start = group.lowerBound
      while start > end, group.lowerBound - start < context { start -= 1 }
      var stop = group.upperBound
      while stop < next, stop - group.upperBound < context {
        let isOfNext =
          next < lines.count && sections[stop] != sections[group.lowerBound] && sections[stop] == sections[next]
        if isOfNext { break }
        stop += 1
      }
      hunks.append(DiffHunk(title: VersionDiff.title(sections[group.lowerBound]), rows: start..<stop, changed: group))
      end = stop
    }
    return hunks
  }

  /// The section that each line belongs to.
  private var lineSections: [String] {
    var sections: [String] = []
    sections.reserveCapacity(lines.count)
    for (index, line) in lines.enumerated() {
      let steps = FieldPath.steps(line.path, limit: 3)
      if steps.count >= 3 {
        sections.append(steps[1].hasPrefix("[") ? steps[0] : steps[0] + "." + steps[1])
      } else if steps.count == 2, index + 1 < lines.count, lines[index + 1].path.utf8.count > line.path.utf8.count,
        lines[index + 1].path.hasPrefix(line.path)
      {
        // The line of a key above its block.
        sections.append(line.path)
      } else {
        sections.append(steps.first ?? "")
      }
    }
    return sections
  }

  private static func title(_ section: String) -> String {
    let key = FieldPath.steps(section).last ?? ""
    return orderedLists.contains(key) ? section + " (order matters)" : section
  }

  /// Lines of one side only, and edited ones: what a status line counts as `-11 +7 ~3`.
  public var counts: (removed: Int, added: Int, edited: Int) {
    var counts = (removed: 0, added: 0, edited: 0)
    for line in lines {
      switch line.operation {
      case .same: break
      case .remove: counts.removed += 1
      case .add: counts.added += 1
      case .change: counts.edited += 1
      }
    }
    return counts
  }
}
