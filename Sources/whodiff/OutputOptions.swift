import ArgumentParser
import AuditModel
import Glibc

/// Whether text for people is coloured.
enum ColorChoice: String, CaseIterable, ExpressibleByArgument, Sendable {
  case auto, always, never
}

/// How output looks.
struct StyleOptions: ParsableArguments {
  @Option(help: "Colours: auto, always or never.")
  var color = ColorChoice(rawValue: EnvironmentOption.color.value ?? "") ?? .auto

  @Flag(help: "Write nothing outside ASCII in text for people.")
  var ascii = false

  @Flag(name: .customLong("no-pager"), help: "Send long text to the terminal directly.")
  var noPager = false

  var style: TextStyle {
    let usesColor =
      switch color {
      case .always: true
      case .never: false
      case .auto:
        if Configuration.environment("NO_COLOR") != nil {
          false
        } else if Configuration.environment("CLICOLOR_FORCE").map({ $0 != "0" }) == true {
          true
        } else {
          Configuration.outputIsTerminal && Configuration.environment("TERM").map { $0 != "dumb" } == true
        }
      }
    // A pipe gets the text as it is: the locale is that of whoever reads it.
    return TextStyle(
      usesColor: usesColor, asciiOnly: ascii || (Configuration.outputIsTerminal && !Configuration.localeIsUTF8))
  }
}

/// Where the rows or the text of a command go: standard output, perhaps through a pager.
final class CommandOutput {
  let output: Output
  let style: TextStyle
  private let pager: Pager?

  /// - Parameter isText: text for people, which a terminal gets through a pager; machine-readable rows never are.
  init(_ options: StyleOptions, isText: Bool) {
    style = options.style
    let wantsPager = isText && Configuration.outputIsTerminal && !options.noPager && Configuration.inputIsTerminal
    pager = wantsPager ? Pager.start() : nil
    output = Output(descriptor: pager?.descriptor ?? STDOUT_FILENO)
  }

  /// Runs the body, then waits for the pager. A reader that had enough is no error.
  func run(_ body: () throws -> Void) throws {
    do {
      try body()
      try output.flush()
      pager?.finish()
    } catch let error as OutputError {
      pager?.finish()
      throw error
    } catch {
      try? output.flush()
      pager?.finish()
      throw error
    }
  }
}

/// Writes rows in a machine-readable form, made safe where a terminal would read them.
struct RowWriter {
  private let output: Output
  private var encoder: any RowEncoder
  private let isTerminal: Bool

  init(_ exporter: Exporter, columns: [String], to output: Output, isTerminal: Bool = Configuration.outputIsTerminal)
    throws
  {
    self.output = output
    self.isTerminal = isTerminal
    encoder = exporter.encoder(columns)
    try write(encoder.begin())
  }

  mutating func write(_ row: JSONValue) throws { try write(encoder.row(row)) }

  /// A row of JSON lines with one more member: an array of JSON texts that are taken over byte for byte.
  mutating func write(_ row: JSONValue, adding key: String, array texts: [[UInt8]]) throws {
    var bytes = encoder.row(row)
    while bytes.last != UInt8(ascii: "}"), !bytes.isEmpty { bytes.removeLast() }
    bytes =
      bytes.dropLast() + Array(",\"\(key)\":[".utf8) + texts.joined(separator: [UInt8(ascii: ",")]) + Array("]}\n".utf8)
    try write(bytes)
  }

  mutating func finish() throws { try write(encoder.end()) }

  private func write(_ bytes: [UInt8]) throws(OutputError) {
    try output.write(isTerminal ? encoder.forTerminal(bytes) : bytes)
  }
}
