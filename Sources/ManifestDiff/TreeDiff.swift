import AuditModel

/// Walks two manifests together and writes down which fields differ and which lines stand side by side.
///
/// Members are paired by key: the new side's text follows the old side's order of keys, since order of keys means
/// nothing. Items of lists are paired by `alignment`, so that what was replaced, added or moved does not drag its
/// neighbours along.
struct TreeDiff {
  var fields: [FieldChange] = []
  /// Line numbers are given by the caller, from top to bottom.
  var lines: [DiffLine] = []
  /// Whether `lines` are wanted: writing them is most of the work.
  var writesLines = true

  /// A place in both manifests.
  struct Place {
    var old: String
    var new: String
    func appending(_ key: ExactKey) -> Place {
      Place(old: FieldPath.appending(key.text, to: old), new: FieldPath.appending(key.text, to: new))
    }
    func appending(_ i: Int, _ j: Int) -> Place {
      Place(old: FieldPath.appending(i, to: old), new: FieldPath.appending(j, to: new))
    }
  }

  /// What stands on the line so far: the same but where a list's first item differs in what it begins with.
  struct Lead {
    var old: String
    var new: String
  }

  // MARK: Pairs

  mutating func item(_ old: ManifestNode, _ new: ManifestNode, lead: Lead, indent: Int, place: Place) {
    if old.exact == new.exact {
      same(lead, place) { $0.item(old, lead: $1, indent: indent, path: $2) }
      return
    }
    switch (old.content, new.content) {
    case (.object(let left), .object(let right)): members(left, right, lead: lead, indent: indent, place: place)
    case (.list(let left), .list(let right)):
      items(left, right, lead: lead, indent: indent, place: place, name: nil)
    case (.inline, .inline) where old.isSameSort(as: new):
      if writesLines {
        line(lead.old + YAMLScalar.text(old.value), lead.new + YAMLScalar.text(new.value), old, new, place)
      }
      note(old, new, place)
    default:
      removed { $0.item(old, lead: lead.old, indent: indent, path: place.old) }
      added { $0.item(new, lead: lead.new, indent: indent, path: place.new) }
      note(old, new, place)
    }
  }

  private mutating func member(
    _ key: ExactKey, _ old: ManifestNode, _ new: ManifestNode, lead: Lead, indent: Int, place: Place
  ) {
    if old.exact == new.exact {
      same(lead, place) { $0.member(key, old, lead: $1, indent: indent, path: $2) }
      return
    }
    func text(_ node: ManifestNode) -> String {
      if case .inline = node.content { " " + YAMLScalar.text(node.value) } else { "" }
    }
    if writesLines {
      let head = YAMLScalar.string(key.text) + ":"
      line(lead.old + head + text(old), lead.new + head + text(new), old, new, place)
    }
    switch (old.content, new.content) {
    case (.object(let left), .object(let right)):
      members(left, right, lead: nil, indent: indent + 2, place: place)
    case (.list(let left), .list(let right)):
      items(left, right, lead: nil, indent: indent, place: place, name: key.text)
    default:
      removed { $0.below(old, indent: indent, path: place.old) }
      added { $0.below(new, indent: indent, path: place.new) }
      note(old, new, place)
    }
  }

  private mutating func members(
    _ old: [ManifestNode.Member], _ new: [ManifestNode.Member], lead: Lead?, indent: Int, place: Place
  ) {
    var leads = Leads(lead, writesLines ? indent : 0)
    let places = Dictionary(zip(old.map(\.key), old.indices), uniquingKeysWith: { first, _ in first })
    // Members only of the new side follow the one that they stand behind there.
    var newcomers: [Int: [ManifestNode.Member]] = [:]
    var partners = [ManifestNode?](repeating: nil, count: old.count)
    var behind = -1
    for member in new {
      if let index = places[member.key] {
        partners[index] = member.node
        behind = index
      } else {
        newcomers[behind, default: []].append(member)
      }
    }
    func addPending(_ diff: inout TreeDiff, _ pending: inout [ManifestNode.Member]) {
      for member in pending {
        let path = FieldPath.appending(member.key.text, to: place.new)
        let lead = leads.takeNew()
        diff.added { $0.member(member.key, member.node, lead: lead, indent: indent, path: path) }
        diff.fields.append(FieldChange(path: path, operation: .add, new: member.node.value))
      }
      pending = []
    }
    var pending = newcomers[-1] ?? []
    for (index, entry) in old.enumerated() {
      if let partner = partners[index] {
        addPending(&self, &pending)
        let both = Lead(old: leads.takeOld(), new: leads.takeNew())
        member(entry.key, entry.node, partner, lead: both, indent: indent, place: place.appending(entry.key))
        pending = newcomers[index] ?? []
      } else {
        let path = FieldPath.appending(entry.key.text, to: place.old)
        let lead = leads.takeOld()
        removed { $0.member(entry.key, entry.node, lead: lead, indent: indent, path: path) }
        fields.append(FieldChange(path: path, operation: .remove, old: entry.node.value))
      }
    }
    addPending(&self, &pending)
  }

  private mutating func items(
    _ old: [ManifestNode], _ new: [ManifestNode], lead: Lead?, indent: Int, place: Place, name: String?
  ) {
    var leads = Leads(lead, writesLines ? indent : 0)
    let inner = indent + 2
    for step in alignment(old, new, name: name) {
      switch step {
      case .pair(let i, let j):
        let both = Lead(old: leads.takeOld() + "- ", new: leads.takeNew() + "- ")
        item(old[i], new[j], lead: both, indent: inner, place: place.appending(i, j))
      case .remove(let i):
        let path = FieldPath.appending(i, to: place.old)
        let lead = leads.takeOld() + "- "
        removed { $0.item(old[i], lead: lead, indent: inner, path: path) }
        fields.append(FieldChange(path: path, operation: .remove, old: old[i].value))
      case .add(let j):
        let path = FieldPath.appending(j, to: place.new)
        let lead = leads.takeNew() + "- "
        added { $0.item(new[j], lead: lead, indent: inner, path: path) }
        fields.append(FieldChange(path: path, operation: .add, new: new[j].value))
      case .moveOut(let i, let j):
        let lead = Lead(old: leads.takeOld() + "- ", new: spaces(indent) + "- ")
        let moved = part(old[i], new[j], lead, inner, place.appending(i, j))
        lines += moved.lines.compactMap { $0.oldHalf }
      case .moveIn(let i, let j):
        let lead = Lead(old: spaces(indent) + "- ", new: leads.takeNew() + "- ")
        let both = place.appending(i, j)
        let moved = part(old[i], new[j], lead, inner, both)
        lines += moved.lines.compactMap { $0.newHalf }
        fields.append(
          FieldChange(path: both.new, operation: .move, old: old[i].value, new: new[j].value, from: both.old))
        fields += moved.fields
      }
    }
  }

  private func part(_ old: ManifestNode, _ new: ManifestNode, _ lead: Lead, _ indent: Int, _ place: Place) -> TreeDiff {
    var diff = TreeDiff()
    diff.writesLines = writesLines
    diff.item(old, new, lead: lead, indent: indent, place: place)
    return diff
  }

  /// What the lines of a block begin with: what was handed down for the first one, indentation for the others.
  private struct Leads {
    private var old: String?
    private var new: String?
    private let indentation: String
    init(_ lead: Lead?, _ indent: Int) {
      old = lead?.old
      new = lead?.new
      indentation = spaces(indent)
    }
    mutating func takeOld() -> String {
      defer { old = nil }
      return old ?? indentation
    }
    mutating func takeNew() -> String {
      defer { new = nil }
      return new ?? indentation
    }
  }

  // MARK: Writing down

  /// A line on both sides.
  private mutating func line(_ left: String, _ right: String, _ old: ManifestNode, _ new: ManifestNode, _ place: Place)
  {
    // Other digits for the same number are no difference.
    let isSame = left.isExactly(right) || (old.meaning == new.meaning && old.members == nil && old.items == nil)
    let marks = isSame ? (old: MarkedText(left), new: MarkedText(right)) : markedWords(left, right)
    lines.append(
      DiffLine(
        left: nil, right: nil, operation: isSame ? .same : .change, old: marks.old, new: marks.new, path: place.new))
  }

  /// A field whose value was replaced, unless only the writing differs; an empty object or list that was filled, or
  /// the other way round, as what was put in or taken out.
  private mutating func note(_ old: ManifestNode, _ new: ManifestNode, _ place: Place) {
    if old.meaning == new.meaning { return }
    switch (old.value, new.value) {
    case (.object, .object):
      for member in old.members ?? [] {
        fields.append(
          FieldChange(
            path: FieldPath.appending(member.key.text, to: place.old), operation: .remove, old: member.node.value))
      }
      for member in new.members ?? [] {
        fields.append(
          FieldChange(
            path: FieldPath.appending(member.key.text, to: place.new), operation: .add, new: member.node.value))
      }
    case (.array, .array):
      for (index, item) in (old.items ?? []).enumerated() {
        fields.append(FieldChange(path: FieldPath.appending(index, to: place.old), operation: .remove, old: item.value))
      }
      for (index, item) in (new.items ?? []).enumerated() {
        fields.append(FieldChange(path: FieldPath.appending(index, to: place.new), operation: .add, new: item.value))
      }
    default:
      fields.append(FieldChange(path: place.new, operation: .replace, old: old.value, new: new.value))
    }
  }

  mutating func removed(_ write: (inout TextWriter) -> Void) {
    guard writesLines else { return }
    var writer = TextWriter()
    write(&writer)
    lines += writer.lines.map {
      DiffLine(left: nil, right: nil, operation: .remove, old: MarkedText($0.text), new: nil, path: $0.path)
    }
  }

  mutating func added(_ write: (inout TextWriter) -> Void) {
    guard writesLines else { return }
    var writer = TextWriter()
    write(&writer)
    lines += writer.lines.map {
      DiffLine(left: nil, right: nil, operation: .add, old: nil, new: MarkedText($0.text), path: $0.path)
    }
  }

  /// A subtree that is the same on both sides, though its first line may begin differently.
  private mutating func same(_ lead: Lead, _ place: Place, _ write: (inout TextWriter, String, String) -> Void) {
    guard writesLines else { return }
    var writer = TextWriter()
    write(&writer, lead.old, place.new)
    for (index, line) in writer.lines.enumerated() {
      if index == 0, !lead.old.isExactly(lead.new) {
        let right = lead.new + line.text.dropFirst(lead.old.count)
        let marks = markedWords(line.text, right)
        lines.append(
          DiffLine(left: nil, right: nil, operation: .change, old: marks.old, new: marks.new, path: line.path))
      } else {
        let text = MarkedText(line.text)
        lines.append(DiffLine(left: nil, right: nil, operation: .same, old: text, new: text, path: line.path))
      }
    }
  }
}

extension DiffLine {
  /// The old side of a line of an item that moved, alone.
  fileprivate var oldHalf: DiffLine? {
    old.map {
      DiffLine(left: nil, right: nil, operation: .remove, old: $0, new: nil, path: path, isMoved: operation == .same)
    }
  }
  fileprivate var newHalf: DiffLine? {
    new.map {
      DiffLine(left: nil, right: nil, operation: .add, old: nil, new: $0, path: path, isMoved: operation == .same)
    }
  }
}
