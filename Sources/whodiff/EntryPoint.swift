import ArgumentParser
import EventQueries
import Glibc

/// Starts the command that was asked for and turns whatever comes of it into an exit code.
///
/// 0 done, 1 differences or (with `--exit-code`) nothing found, 2 usage or filter error, 3 some input unreadable,
/// 4 no usable terminal, 129, 130 and 143 signals.
@main
enum EntryPoint {
  @MainActor
  static func main() async {
    signal(SIGPIPE, SIG_IGN)
    guard !Configuration.hasBorrowedRights else {
      ErrorOutput.say("refuses to run with the rights of another user (set-uid or set-gid)")
      exit(2)
    }
    exit(await run(Array(CommandLine.arguments.dropFirst())))
  }

  @MainActor
  private static func run(_ arguments: [String]) async -> Int32 {
    do {
      try EnvironmentOption.check()
      var command = try Whodiff.parseAsRoot(arguments == ["-V"] ? ["--version"] : arguments)
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      return 0
    } catch let error as ExitStatus {
      return error.code
    } catch OutputError.closed {
      return 0
    } catch OutputError.failed(let number) {
      ErrorOutput.say("output cannot be written: \(String(cString: strerror(number)))")
      return 3
    } catch let error as CommandError {
      ErrorOutput.say(error.message)
      for line in error.details { ErrorOutput.line("  " + line) }
      return error.code
    } catch {
      return report(error)
    }
  }

  /// Help and completion scripts go to standard output, usage errors to standard error.
  private static func report(_ error: any Error) -> Int32 {
    let code = Whodiff.exitCode(for: error)
    if code.isSuccess {
      try? Output.write(all: Array((Whodiff.fullMessage(for: error) + "\n").utf8), to: STDOUT_FILENO)
      return 0
    }
    let isUsage = code == ExitCode.validationFailure
    let text = isUsage ? Whodiff.fullMessage(for: error) : String(describing: error)
    if isUsage {
      ErrorOutput.raw(SafeText.lines(text) + "\n")
      if let filter = CommandLine.arguments.dropFirst().first(where: isFilterTerm) {
        ErrorOutput.line("A filter that starts with - goes behind -f: -f '\(SafeText.line(filter))'")
      }
    } else {
      ErrorOutput.say(text)
    }
    return isUsage ? 2 : 3
  }

  /// Whether an argument reads like `-as:*`: an excluded field, which the command line takes for options.
  private static func isFilterTerm(_ argument: String) -> Bool {
    guard argument.hasPrefix("-"), let colon = argument.firstIndex(of: ":") else { return false }
    return FilterField.named(String(argument[..<colon].dropFirst())) != nil
  }
}

/// Ends the program with a code; what there was to say has been said.
struct ExitStatus: Error {
  var code: Int32
  init(_ code: Int32) { self.code = code }
}

/// What went wrong, in one line for people, and the exit code.
struct CommandError: Error {
  var message: String
  /// Lines below it.
  var details: [String]
  var code: Int32
  init(_ message: String, details: [String] = [], code: Int32 = 2) {
    self.message = message
    self.details = details
    self.code = code
  }
}
