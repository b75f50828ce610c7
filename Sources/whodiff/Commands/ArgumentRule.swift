import ArgumentParser
import AuditModel
import EventQueries

/// Arguments without a flag: those that exist as a path, and `-`, are files; the first others are what the command
/// is about (an OBJECT, an EVENT or a FILTER); one more is a usage error, and so is one that looks like a path and is
/// none: a slip of the pen must not turn into a search for it. After `--` stand only files.
struct ArgumentRule {
  var subjects: [String] = []
  var files: [String] = []

  /// - Parameters:
  ///   - subjectName: what the command is about, for messages: `OBJECT`.
  ///   - subjectCount: how many of these it takes.
  ///   - clusters: whose files are read too.
  ///   - filesAtEnd: how many of the arguments stood after `--`.
  init(
    _ arguments: [String], subjectName: String, subjectCount: Int = 1, clusters: ClusterOptions? = nil,
    filesAtEnd: Int = argumentsAfterTerminator
  ) throws {
    for argument in arguments.dropLast(filesAtEnd) {
      if argument == "-" || Configuration.isSource(argument) {
        files.append(argument)
      } else if PathLikeness.isPath(argument, mayBeObject: subjectName == "OBJECT") {
        throw CommandError("\(SafeText.line(argument)): no such file", details: Self.hints(argument, subjectName))
      } else if subjects.count < subjectCount {
        subjects.append(argument)
      } else if subjectCount == 0 {
        throw ValidationError("\(quoted(argument)) is no file.")
      } else {
        let taken = subjects.map(quoted).joined(separator: " and ")
        throw ValidationError("\(quoted(argument)) is no file, and \(taken) was taken as the \(subjectName) already.")
      }
    }
    files += arguments.suffix(filesAtEnd)
    if let clusters { files = clusters.files(files) }
    if files.filter({ $0 == "-" }).count > 1 { throw ValidationError("- (standard input) is named twice.") }
  }

  private static func hints(_ argument: String, _ subjectName: String) -> [String] {
    guard subjectName == "FILTER" else { return [] }
    let text = FilterField.quoted(argument)
    return ["to search acts for this text: -f '\(SafeText.line(text))'"]
  }

  /// How many arguments the command line has after its `--`.
  static let argumentsAfterTerminator: Int = {
    guard let terminator = CommandLine.arguments.firstIndex(of: "--") else { return 0 }
    return CommandLine.arguments.count - terminator - 1
  }()
}

/// Tells a mistyped path from filters, audit IDs and objects.
enum PathLikeness {
  /// How names of logs end.
  private static let endings = [
    ".log", ".json", ".jsonl", ".ndjson", ".txt", ".gz", ".tgz", ".zst", ".xz", ".bz2", ".tar", ".zip",
  ]

  /// - Parameter mayBeObject: whether `KIND/NAME` and `KIND/NAMESPACE/NAME` may be meant.
  static func isPath(_ argument: String, mayBeObject: Bool) -> Bool {
    let starts = ["/", "./", "../", "~/"].contains { argument.hasPrefix($0) }
    // An operator or a space makes it a filter; a version of an object has its `@`.
    guard argument.allSatisfy({ !$0.isWhitespace && !":=<>(){}\"|".contains($0) }), !isRegex(argument) else {
      return starts && argument.contains { $0.isWhitespace } && hasEnding(argument)
    }
    if mayBeObject, !starts {
      let kind = argument.prefix { $0 != "/" && $0 != "." }.lowercased()
      if argument.contains("/"), !ResourceKind.meant(by: kind).isEmpty || argument.contains("@") { return false }
      return hasEnding(argument)
    }
    return argument.contains("/") || hasEnding(argument)
  }

  private static func hasEnding(_ argument: String) -> Bool {
    let lowercase = argument.lowercased()
    return endings.contains { lowercase.hasSuffix($0) && lowercase.count > $0.count }
  }

  /// `/deny.*/` or `/deny.*/i`: one slash at either end and none between.
  private static func isRegex(_ argument: String) -> Bool {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
    return parts.count == 3 && parts[0].isEmpty && !parts[1].isEmpty && (parts[2].isEmpty || parts[2] == "i")
  }
}

func quoted(_ text: String) -> String { "\"" + SafeText.line(text) + "\"" }
