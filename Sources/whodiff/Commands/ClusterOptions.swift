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
    var known: [String: String] = [:]
    for one in cluster {
      let path = one.path == "-" ? "-" : Configuration.absolutePath(one.path)
      if let name = known.updateValue(one.name, forKey: path), name != one.name {
        throw ValidationError(
          "--cluster gives \(SafeText.line(one.path)) to two clusters, \(SafeText.line(name)) and "
            + "\(SafeText.line(one.name)): name a file or folder of each.")
      }
    }
  }

  var names: ClusterNames { cluster.reduce(into: ClusterNames()) { $0.set($1.name, at: $1.path) } }

  /// The files, and those of the assignments that are not below one of them.
  func files(_ files: [String]) -> [String] {
    var named = ClusterNames()
    for file in files { named.set(file, at: file) }
    return files + names.paths.filter { named[$0] == nil }
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
