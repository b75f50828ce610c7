/// Which cluster the logs at which path are from, as the user says: for records that name none themselves.
public struct ClusterNames: Hashable, Sendable {
  private var names: [String: String] = [:]

  public init() {}

  /// Files, folders and `-`, in order of paths.
  public var paths: [String] { names.keys.sorted() }

  /// Of two names for one path the last counts.
  public mutating func set(_ name: String, at path: String) { names[Self.plain(path)] = name }

  /// The cluster of a file: that of its own path, or of the innermost folder or archive that was named; nil for none.
  public subscript(path: String) -> String? {
    guard !names.isEmpty else { return nil }
    var rest = Substring(Self.plain(path))
    while true {
      if let name = names[String(rest)] { return name }
      guard let end = rest.lastIndex(where: { $0 == "/" || $0 == "!" }), end > rest.startIndex else { break }
      rest = rest[..<end]
    }
    // What is named without a folder is below the one that the program runs in.
    return path.hasPrefix("/") ? names["/"] : path == "-" ? nil : names["."]
  }

  /// Names and paths in one text: the same for the same assignments.
  public var identity: String { paths.map { "\($0)\u{0}\(names[$0] ?? "")\u{0}" }.joined() }

  /// `./logs/` and `logs` are one.
  private static func plain(_ path: String) -> String {
    var path = Substring(path)
    while path.hasPrefix("./"), path.count > 2 { path = path.dropFirst(2) }
    while path.count > 1, path.hasSuffix("/") { path = path.dropLast() }
    return String(path)
  }
}
