import AuditModel
import EventQueries

extension Filter {
  /// This filter with one time window, in place of the one that it had.
  ///
  /// A window that ends before a whole second is written `time>=2026-11-20T16:00:00Z time<2026-11-20T17:00:00Z`, any
  /// other `time:2026-11-20T16:11:49Z..2026-11-20T17:11:49Z`.
  func within(_ window: ClosedRange<Timestamp>, _ context: FilterContext) -> Filter {
    var rest = self
    for index in windowTerms(context).indices.sorted(by: >) { rest = rest.removing(term: index) }
    let end = Timestamp(microseconds: window.upperBound.microseconds + 1)
    let text =
      end.microseconds % 1_000_000 == 0
      ? "time>=\(window.lowerBound.shortText) time<\(end.shortText)"
      : "time:\(window.lowerBound.shortText)..\(window.upperBound.shortText)"
    guard let term = try? Filter(parsing: text, context: context) else { return self }
    return rest.and(term)
  }

  /// The time window among the terms, where `within` put one.
  func window(_ context: FilterContext) -> ClosedRange<Timestamp>? { windowTerms(context).window }

  /// The places of the terms that make a window as `within` writes it, in any of the ways in which it may be printed.
  private func windowTerms(_ context: FilterContext) -> (indices: [Int], window: ClosedRange<Timestamp>?) {
    var range: ClosedRange<Timestamp>?
    var from: Timestamp?
    var to: Timestamp?
    var whole: [Int] = []
    var ends: [Int] = []
    for (index, term) in terms.enumerated() {
      let text = term.description
      if let bounds = Self.bounds(text) {
        range = range ?? bounds
        whole.append(index)
      } else if let time = Self.moment(text, after: "time>=") {
        from = from ?? time
        ends.append(index)
      } else if let time = Self.moment(text, after: "time<") {
        to = to ?? time
        ends.append(index)
      }
    }
    // One end alone is the user's own.
    guard let from, let to, from < to else { return (whole, range) }
    return (whole + ends, range ?? from...Timestamp(microseconds: to.microseconds - 1))
  }

  private static func moment(_ text: String, after head: String) -> Timestamp? {
    guard text.hasPrefix(head) else { return nil }
    return Timestamp(rfc3339: text.dropFirst(head.count).filter { $0 != "\"" })
  }

  /// Of `time:A..B`.
  private static func bounds(_ text: String) -> ClosedRange<Timestamp>? {
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

extension Timestamp {
  /// RFC 3339 in UTC with a fraction only where there is one.
  var shortText: String { rfc3339.replacing(".000000Z", with: "Z") }
}
