import ArgumentParser
import TrailCheck

/// `whodiff audit-policy`: what kube-apiserver should log.
struct AuditPolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit-policy",
    abstract: "Print an audit policy for reviewing network policies; with logs only the rules that theirs lacks.",
    usage: "\(Whodiff.calledName) audit-policy [FILE]... [OPTIONS]")

  @Argument(help: ArgumentHelp("Logs that were written with the policy in use.", valueName: "file"))
  var files: [String] = []
  @OptionGroup var source: SourceOptions
  @OptionGroup var styling: StyleOptions

  func run() throws {
    let out = CommandOutput(styling, isText: true)
    let files = source.clusters.files(files)
    guard !files.isEmpty || source.store != nil else {
      return try out.run { try out.output.write(AuditPolicyText.recommended) }
    }
    let log = try OpenedLog(files: files, source: source, saysRejects: false)
    let report = trailReport(try log.snapshot.tally())
    try out.run { try out.output.write(AuditPolicyText.missing(report.policyGaps)) }
    try log.finish()
  }
}
