import ArgumentParser

/// `whodiff completion`: scripts for shells, made from the same tables as the parser.
struct CompletionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completion", abstract: "Print the completion script of a shell: bash, zsh or fish.")

  @Argument(help: "bash, zsh or fish.")
  var shell: String

  func run() throws {
    guard ["bash", "zsh", "fish"].contains(shell), let known = CompletionShell(rawValue: shell) else {
      throw ValidationError("\(quoted(shell)) is not known: it is bash, zsh or fish.")
    }
    let output = Output()
    try output.write(Whodiff.completionScript(for: known) + "\n")
    try output.flush()
  }
}
