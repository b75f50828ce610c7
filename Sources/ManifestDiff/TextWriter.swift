import AuditModel

/// Writes values as block YAML, the way `kubectl get -o yaml` does: a list's dashes stand under its key.
struct TextWriter {
  var lines: [ManifestText.Line] = []

  /// A key and its value. `lead` is the line so far: indentation, or the dashes of the lists that begin here.
  mutating func member(_ key: ExactKey, _ node: ManifestNode, lead: String, indent: Int, path: String) {
    let head = lead + YAMLScalar.string(key.text) + ":"
    let start = lines.count
    switch node.content {
    case .inline: lines.append(.init(text: head + " " + YAMLScalar.text(node.value), path: path))
    case .object, .list:
      lines.append(.init(text: head, path: path))
      below(node, indent: indent, path: path)
      lines[start].childCount = lines.count - start - 1
    }
  }

  /// What stands below the line of a key at that indentation.
  mutating func below(_ node: ManifestNode, indent: Int, path: String) {
    switch node.content {
    case .inline: break
    case .object(let list): members(list, lead: nil, indent: indent + 2, path: path)
    case .list(let list): items(list, lead: nil, indent: indent, path: path)
    }
  }

  /// An item of a list, or the whole document; `lead` ends in the item's dash.
  mutating func item(_ node: ManifestNode, lead: String, indent: Int, path: String) {
    let start = lines.count
    switch node.content {
    case .inline: lines.append(.init(text: lead + YAMLScalar.text(node.value), path: path))
    case .object(let list): members(list, lead: lead, indent: indent, path: path)
    case .list(let list): items(list, lead: lead, indent: indent, path: path)
    }
    if !path.isEmpty { lines[start].childCount = lines.count - start - 1 }
  }

  private mutating func members(_ list: [ManifestNode.Member], lead: String?, indent: Int, path: String) {
    var lead = lead
    for entry in list {
      member(
        entry.key, entry.node, lead: lead ?? spaces(indent), indent: indent,
        path: FieldPath.appending(entry.key.text, to: path))
      lead = nil
    }
  }

  private mutating func items(_ list: [ManifestNode], lead: String?, indent: Int, path: String) {
    var lead = lead
    for (index, node) in list.enumerated() {
      item(node, lead: (lead ?? spaces(indent)) + "- ", indent: indent + 2, path: FieldPath.appending(index, to: path))
      lead = nil
    }
  }
}

func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }
