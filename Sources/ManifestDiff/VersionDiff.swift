public import AuditModel

/// What differs between two manifests: field by field, and line by line of their YAML text.
public struct VersionDiff: Sendable {
  public var fields: [FieldChange]
  public var lines: [DiffLine]
  /// Machine fields that differ and are left out of `fields` and `lines`.
  public var hiddenMachineFields: Int
  /// What was compared, machine fields included.
  var old: JSONValue?
  var new: JSONValue?
  var showsMachineFields = false

  public struct Options: Hashable, Sendable {
    /// managedFields, resourceVersion, generation, uid, creationTimestamp, last-applied, status.
    public var showsMachineFields: Bool
    /// Whether `lines` are wanted. Without them a comparison costs a fraction; they are then empty where there are two
    /// manifests, and `hiddenMachineFields` is 0 where something else differs.
    public var writesLines: Bool
    public init(showsMachineFields: Bool = false, writesLines: Bool = true) {
      self.showsMachineFields = showsMachineFields
      self.writesLines = writesLines
    }
  }

  public init(fields: [FieldChange] = [], lines: [DiffLine] = [], hiddenMachineFields: Int = 0) {
    self.fields = fields
    self.lines = lines
    self.hiddenMachineFields = hiddenMachineFields
  }

  /// Compares two manifests; nil stands for no object (before a create, after a delete).
  ///
  /// The left texts of `lines`, joined, are the text of the old manifest; the right texts are that of the new one with
  /// its keys in the order of the old. Deterministic; costs about as much as writing both texts.
  public init(from old: JSONValue?, to new: JSONValue?, options: Options = Options()) {
    self.init(
      from: old.map { ComparableManifest($0, showsMachineFields: options.showsMachineFields) },
      to: new.map { ComparableManifest($0, showsMachineFields: options.showsMachineFields) },
      writesLines: options.writesLines)
  }

  /// The same of manifests that were made ready before.
  public init(from old: ComparableManifest?, to new: ComparableManifest?, writesLines: Bool) {
    self.init()
    self.old = old?.manifest
    self.new = new?.manifest
    showsMachineFields = (old ?? new)?.showsMachineFields ?? false
    var diff = TreeDiff()
    diff.writesLines = writesLines || old == nil || new == nil
    switch (old?.node, new?.node) {
    case (let left?, let right?):
      diff.item(left, right, lead: .init(old: "", new: ""), indent: 0, place: .init(old: "", new: ""))
    case (let left?, nil):
      diff.removed { $0.item(left, lead: "", indent: 0, path: "") }
      diff.fields = VersionDiff.members(left).map { FieldChange(path: $0.path, operation: .remove, old: $0.value) }
    case (nil, let right?):
      diff.added { $0.item(right, lead: "", indent: 0, path: "") }
      diff.fields = VersionDiff.members(right).map { FieldChange(path: $0.path, operation: .add, new: $0.value) }
    case (nil, nil): break
    }
    fields = diff.fields
    lines = diff.lines
    if !showsMachineFields, old != nil, new != nil, writesLines || fields.isEmpty {
      hiddenMachineFields = MachineFields.differing(self.old, self.new)
    }
    number()
  }

  /// The outermost fields of a manifest that has no other side.
  private static func members(_ node: ManifestNode) -> [(path: String, value: JSONValue)] {
    guard let members = node.members else { return [("", node.value)] }
    return members.map { (FieldPath.appending($0.key.text, to: ""), $0.node.value) }
  }

  private mutating func number() {
    var left = 0
    var right = 0
    for index in lines.indices {
      if lines[index].old != nil {
        left += 1
        lines[index].left = left
      }
      if lines[index].new != nil {
        right += 1
        lines[index].right = right
      }
    }
  }
}

/// A manifest made ready to be compared, perhaps with more than one other: what stands before it and what comes after.
public struct ComparableManifest: Sendable {
  let manifest: JSONValue
  let node: ManifestNode
  let showsMachineFields: Bool

  /// - Parameters:
  ///   - showsMachineFields: the same for both sides of a comparison.
  ///   - other: another version; what both have in common in memory is made ready once.
  public init(_ manifest: JSONValue, showsMachineFields: Bool = false, like other: ComparableManifest? = nil) {
    self.manifest = manifest
    self.showsMachineFields = showsMachineFields
    node = ManifestNode(
      showsMachineFields ? manifest : MachineFields.removed(from: manifest).manifest, isRoot: true,
      like: other?.node)
  }
}

/// One field that differs. Paths are written as `spec.ingress[0].from[1].podSelector`; keys that hold dots or
/// brackets stand in quotes: `metadata.annotations["example.com/reason"]`. Indices are those of the new manifest; in
/// the path of a `remove` and in `from` those of the old one.
public struct FieldChange: Hashable, Sendable {
  public enum Operation: String, Hashable, Sendable {
    case add, remove, replace
    /// An item of an ordered list that only changed its place; `from` is where it was.
    case move
  }
  public var path: String
  public var operation: Operation
  public var old: JSONValue?
  public var new: JSONValue?
  public var from: String?
  public init(path: String, operation: Operation, old: JSONValue? = nil, new: JSONValue? = nil, from: String? = nil) {
    self.path = path
    self.operation = operation
    self.old = old
    self.new = new
    self.from = from
  }
}

/// A row of the side-by-side view; in the unified view a `change` is a removed line and an added one.
public struct DiffLine: Hashable, Sendable {
  public enum Operation: String, Hashable, Sendable {
    case same, add, remove, change
  }
  /// Line numbers in the two texts, from 1; nil where that side has no line.
  public var left: Int?
  public var right: Int?
  public var operation: Operation
  /// The texts with the words that differ marked; nil where that side has no line.
  public var old: MarkedText?
  public var new: MarkedText?
  /// Path of the field on the line, as in `FieldChange`.
  public var path: String
  /// The line belongs to an item that only moved.
  public var isMoved: Bool
  public init(
    left: Int?, right: Int?, operation: Operation, old: MarkedText?, new: MarkedText?, path: String,
    isMoved: Bool = false
  ) {
    self.left = left
    self.right = right
    self.operation = operation
    self.old = old
    self.new = new
    self.path = path
    self.isMoved = isMoved
  }
}

/// A text in pieces, some of them marked as different.
public struct MarkedText: Hashable, Sendable {
  public struct Piece: Hashable, Sendable {
    public var text: String
    public var isMarked: Bool
    public init(_ text: String, isMarked: Bool = false) {
      self.text = text
      self.isMarked = isMarked
    }
  }
  public var pieces: [Piece]
  public init(_ pieces: [Piece]) { self.pieces = pieces }
  public init(_ text: String) { pieces = [Piece(text)] }
  public var text: String { pieces.map(\.text).joined() }
}
