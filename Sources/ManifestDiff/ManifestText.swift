public import AuditModel

/// A manifest as YAML, line by line, each line with the path of its field.
public struct ManifestText: Sendable {
  public struct Line: Hashable, Sendable {
    /// Indentation included; control characters are escaped as YAML does, so a line is one line.
    public var text: String
    /// As in `FieldChange`; the path of the innermost field that starts on the line.
    public var path: String
    /// Lines below that belong to this one: what folding it hides. On the first line of a list's item the rest of
    /// the item.
    public var childCount: Int
    public init(text: String, path: String, childCount: Int = 0) {
      self.text = text
      self.path = path
      self.childCount = childCount
    }
  }
  public var lines: [Line]
  public var text: String { lines.map { $0.text + "\n" }.joined() }

  public init(lines: [Line] = []) { self.lines = lines }

  /// apiVersion, kind, metadata, spec first, then the order of the manifest; keys of built-in types as they came.
  /// Of a repeated key the last value is shown.
  public init(_ manifest: JSONValue) {
    var writer = TextWriter()
    writer.item(ManifestNode(manifest, isRoot: true), lead: "", indent: 0, path: "")
    lines = writer.lines
  }

  /// The first lines of it, at most `limit`, at the cost of those lines: for screens. Folding them needs the whole text.
  public init(_ manifest: JSONValue, limit: Int) {
    var left = limit
    let head = ManifestNode.head(of: manifest, isRoot: true, &left)
    lines = Array(ManifestText(head).lines.prefix(limit))
  }
}
