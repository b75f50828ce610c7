/// A kind of log that can be read.
public struct LogFormat: Sendable {
  public let name: String
  public let summary: String
  public static let all: [LogFormat] = []
}
