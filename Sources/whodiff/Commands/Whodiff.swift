import ArgumentParser

/// The program itself: without the name of a command it browses.
struct Whodiff: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: calledName,
    abstract: "Tell who changed which policy, and what, from Kubernetes and Calico audit logs.",
    usage: """
      \(calledName) [OPTIONS] [FILE|DIR|-]...
      \(calledName) COMMAND ...
      """,
    discussion: """
      FILE is an audit log (JSON lines; gzip, zstd, xz or bzip2 are seen through), DIR a folder with a rotated set,
      - standard input. Without FILE the store that `\(calledName) import` filled is read.

      OBJECT is KIND/NAME (with -n NAMESPACE) or KIND/NAMESPACE/NAME; KIND is what kubectl takes: netpol, gnp, tier, ...
      FILTER is described by `\(calledName) fields` and `\(calledName) macros`.

      WHODIFF_TZ, WHODIFF_LEVEL, WHODIFF_REDACT and WHODIFF_COLOR stand for options that are not given.

      Exit codes: 0 done, 1 diff found differences or check found something (or nothing matched, with --exit-code),
      2 usage or filter error, 3 some input could not be read, 4 no usable terminal.
      """,
    version: "whodiff 0.1.0",
    subcommands: allCommands,
    defaultSubcommand: BrowseCommand.self)

  /// Each command is one file in this folder and one row here, in the order in which help lists them.
  static let allCommands: [any ParsableCommand.Type] = [
    BrowseCommand.self, LogCommand.self, ShowCommand.self, ChangesCommand.self, DiffCommand.self, CountCommand.self,
    CheckCommand.self, SourcesCommand.self, AuditPolicyCommand.self, ExportCommand.self, ImportCommand.self,
    FieldsCommand.self,
    MacrosCommand.self, FormatsCommand.self, ExplainCommand.self, CompletionCommand.self, DocumentationCommand.self,
  ]

  /// `kubectl whodiff` when kubectl started it as a plug-in.
  static let calledName: String = {
    let name = CommandLine.arguments.first?.split(separator: "/").last.map(String.init)
    return name == "kubectl-whodiff" ? "kubectl whodiff" : "whodiff"
  }()
}
