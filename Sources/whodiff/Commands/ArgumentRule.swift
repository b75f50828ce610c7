import ArgumentParser

/// Arguments without a flag: those that exist as a path, and `-`, are files; the first others are what the command
/// is about (an OBJECT, an EVENT or a FILTER); one more is a usage error. After `--` stand only files.
struct ArgumentRule {
  var subjects: [String] = []
  var files: [String] = []

  /// - Parameters:
  ///   - subjectName: what the command is about, for messages: `OBJECT`.
  ///   - subjectCount: how many of these it takes.
  ///   - filesAtEnd: how many of the arguments stood after `--`.
  init(
    _ arguments: [String], subjectName: String, subjectCount: Int = 1, filesAtEnd: Int = argumentsAfterTerminator
  ) throws {
    for argument in arguments.dropLast(filesAtEnd) {
      if argument == "-" || Configuration.exists(argument) {
        files.append(argument)
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
    if files.filter({ $0 == "-" }).count > 1 { throw ValidationError("- (standard input) is named twice.") }
  }

  /// How many arguments the command line has after its `--`.
  static let argumentsAfterTerminator: Int = {
    guard let terminator = CommandLine.arguments.firstIndex(of: "--") else { return 0 }
    return CommandLine.arguments.count - terminator - 1
  }()
}

func quoted(_ text: String) -> String { "\"" + SafeText.line(text) + "\"" }
