import AuditModel
import EventQueries

extension Filter {
  /// This filter with one time window, in place of the windows that it had.
  func within(_ window: ClosedRange<Timestamp>, _ context: FilterContext) -> Filter {
    var rest = self
    for (index, term) in terms.enumerated().reversed() where term.isTimeWindow { rest = rest.removing(term: index) }
    let text = "time:[\(window.lowerBound.rfc3339) TO \(window.upperBound.rfc3339)]"
    guard let term = try? Filter(parsing: text, context: context) else { return self }
    return rest.and(term)
  }

  /// The time window among the terms, where `within` put one.
  func window(_ context: FilterContext) -> ClosedRange<Timestamp>? {
    terms.lazy.compactMap(\.windowBounds).first
  }

  private var isTimeWindow: Bool { windowBounds != nil }

  /// The bounds of a term as `within` writes it, in any of the ways in which it may be printed.
  private var windowBounds: ClosedRange<Timestamp>? {
    let text = description
    guard text.hasPrefix("time:") else { return nil }
    let body = text.dropFirst("time:".count).filter { !"[]\"".contains($0) }
    for separator in [" TO ", ".."] {
      guard let range = body.firstRange(of: separator) else { continue }
      guard let from = Timestamp(rfc3339: body[..<range.lowerBound]),
        let to = Timestamp(rfc3339: body[range.upperBound...]),
        from <= to
      else { return nil }
      return from...to
    }
    return nil
  }
}
