import ArgumentParser
import AuditModel
import EventQueries

/// `whodiff explain`: what a filter means.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Tell in plain words what a filter means.",
    usage: "\(Whodiff.calledName) explain FILTER")

  @Argument(help: "A filter; several words are one filter.")
  var filter: [String]
  @Option(help: ArgumentHelp("Zone of times in the filter.", valueName: "zone"))
  var tz = EnvironmentOption.tz.value ?? "UTC"
  @OptionGroup var styling: StyleOptions

  func run() throws {
    guard let zone = Configuration.zone(named: tz) else {
      throw ValidationError("No time zone is called \(quoted(tz)).")
    }
    let text = filter.joined(separator: " ")
    let pipeline = try FilterOptions.parsePipeline(text, FilterContext(now: Configuration.now(), zone: zone))
    let parsed = pipeline.filter
    let out = CommandOutput(styling, isText: true)
    try out.run {
      let style = out.style
      try out.output.write("filter   " + style.text(parsed.description) + "\n")
      try out.output.write(
        "means    " + style.text(parsed.isEverything ? "everything" : parsed.echo(zone: zone)) + "\n")
      for (index, term) in parsed.terms.enumerated() {
        let plan = term.plan
        let cost =
          if !plan.changeTests.isEmpty {
            "reads the histories of objects"
          } else if plan.needsPayload {
            "reads the bodies of acts"
          } else {
            "answered from the index"
          }
        try out.output.write("term \(index + 1)   " + style.text(term.description) + "   (\(cost))\n")
      }
      if let stage = pipeline.stage { try out.output.write("then     " + style.text(stage.words) + "\n") }
    }
  }
}
