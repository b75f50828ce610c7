import ArgumentParser
import Ingestion

/// Which cluster logs are from.
struct ClusterOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Read FILE, and say which cluster its records are from where they name none; repeatable.",
      valueName: "name=file"))
  var cluster: [ClusterAssignment] = []

  func validate() throws {
    var known: [String: ClusterAssignment] = [:]
    for one in cluster {
      // Two names of one file are one, links of either kind.
      let other = known.updateValue(one, forKey: one.path == "-" ? "-" : Configuration.identity(of: one.path))
      guard let other, other.name != one.name else { continue }
      let alias = other.path == one.path ? "" : " (which is \(SafeText.line(other.path)) too)"
      throw ValidationError(
        "--cluster gives \(SafeText.line(one.path)) to two clusters, \(SafeText.line(other.name)) and "
          + "\(SafeText.line(one.name)): name a file or folder of each\(alias).")
    }
  }

  var names: ClusterNames { cluster.reduce(into: ClusterNames()) { $0.set($1.name, at: $1.path) } }

  /// The files, behind those of the assignments that are not below one of them: of several paths of one file the first
  /// is read, and it is to be the one that has a cluster.
  func files(_ files: [String]) -> [String] {
    var named = ClusterNames()
    for file in files { named.set(file, at: file) }
    return names.paths.filter { named[$0] == nil } + files
  }
}

/// `--cluster` as it is typed.
struct ClusterAssignment: ExpressibleByArgument, Sendable {
  var name: String
  var path: String

  init?(argument: String) {
    guard let equals = argument.firstIndex(of: "=") else { return nil }
    name = String(argument[..<equals])
    path = String(argument[argument.index(after: equals)...])
    if name.isEmpty || path.isEmpty { return nil }
  }
}
