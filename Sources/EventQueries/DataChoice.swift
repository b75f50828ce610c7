public import AuditModel

/// Rows of which logs are listed.
public enum DataChoice: Hashable, Sendable {
  /// Audit acts, where there are any and the filter is not about other logs; else the rows of all logs.
  case automatic
  case only(DataKind)
  case everything

  /// The only log that is meant; nil: all.
  /// - Parameter totals: how many rows the store has of each log.
  public func shown(_ filter: Filter, totals: [DataKind: Int]) -> DataKind? {
    switch self {
    case .everything: nil
    case .only(let data): data
    case .automatic: totals[.audit, default: 0] > 0 && !filter.isAboutOtherLogs ? .audit : nil
    }
  }
}

extension Filter {
  /// Whether it asks for a log, or for what only flow and DNS logs have.
  public var isAboutOtherLogs: Bool { root?.isAboutOtherLogs ?? false }
}

extension FilterExpression {
  fileprivate var isAboutOtherLogs: Bool {
    switch self {
    case .and(let parts), .or(let parts): parts.contains(where: \.isAboutOtherLogs)
    case .not(let part): part.isAboutOtherLogs
    case .macro(_, let expansion): expansion?.isAboutOtherLogs ?? false
    case .text: false
    case .comparison(let comparison):
      if case .field(let name) = comparison.subject, let field = FilterField.named(name) {
        name == "data" || field.group == .flow || field.group == .dns
      } else {
        false
      }
    }
  }
}
