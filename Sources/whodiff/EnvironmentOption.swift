import EventQueries

/// An option that a variable of the environment sets where the command line does not: `WHODIFF_TZ`. Adding one is a row.
enum EnvironmentOption: String, CaseIterable {
  case tz, level, redact, color

  var variable: String { "WHODIFF_" + rawValue.uppercased() }
  var value: String? { Configuration.environment(variable) }

  /// What the variable may hold, in words; nil where it holds that, or is not set.
  private var complaint: String? {
    guard let value else { return nil }
    let isKnown =
      switch self {
      case .tz: Configuration.zone(named: value) != nil
      case .level: LevelChoice(rawValue: value) != nil
      case .redact: RedactionChoice(rawValue: value) != nil
      case .color: ColorChoice(rawValue: value) != nil
      }
    guard !isKnown else { return nil }
    let choices =
      switch self {
      case .tz: "UTC, local or a name such as Europe/Berlin"
      case .level: LevelChoice.allCases.map(\.rawValue).joined(separator: ", ")
      case .redact: RedactionChoice.allCases.map(\.rawValue).joined(separator: ", ")
      case .color: ColorChoice.allCases.map(\.rawValue).joined(separator: ", ")
      }
    return "\(variable)=\(quoted(value)) is not known: it takes \(choices)"
  }

  /// - Throws: `CommandError` for the first variable that holds what its option does not take.
  static func check() throws {
    if let complaint = allCases.lazy.compactMap(\.complaint).first { throw CommandError(complaint) }
  }
}
