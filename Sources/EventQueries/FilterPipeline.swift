/// A filter and what is made of the rows that it takes: `code:403 | count by actor, kind`, `rcode:NXDomain | top 20 qname`.
public struct FilterPipeline: Hashable, Sendable {
  public var filter: Filter
  /// Nil: the rows themselves.
  public var stage: FilterStage?

  public init(parsing text: String, context: FilterContext = FilterContext()) throws(FilterError) {
    var parser = FilterParser(text, context: context, takesStages: true)
    filter = Filter(root: try parser.filter())
    stage = try parser.stage()
  }
}

/// What stands behind a `|`; fields are names in `FilterField.all`.
public enum FilterStage: Hashable, Sendable {
  /// How many rows have which values, in all or for each span of time.
  case count(by: [String], everySeconds: Int?)
  /// The values that most rows have.
  case top(Int, field: String)

  /// In plain words.
  public var words: String {
    switch self {
    case .count(let by, let seconds):
      "counted" + (by.isEmpty ? "" : " by " + by.joined(separator: ", "))
        + (seconds.map { ", each \($0) s on their own" } ?? "")
    case .top(let number, let field): "the \(number) most frequent values of \(field)"
    }
  }
}
