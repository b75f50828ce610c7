import AuditModel
import EventQueries
import EventStorage
import Foundation
import LogDecoding
import Testing

@testable import Ingestion

/// An audit record as one line of JSON, newline included.
func line(
  _ number: Int, stage: Stage = .responseComplete, verb: String = "update", resource: String = "networkpolicies",
  body: String? = nil, padding: Int = 0
) -> String {
  let second = String(format: "%02d", number / 60 % 60) + ":" + String(format: "%02d", number % 60)
  let time = "2026-11-20T10:\(second).000000Z"
  let object = body.map { #","requestObject":\#($0)"# } ?? ""
  let id = String(format: "3f2a0000-0000-4000-8000-%012d", number)
  return
    #"{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"RequestResponse","auditID":"\#(id)","stage":"\#(stage.name)","#
    + #""requestURI":"/apis/x/\#(number)","verb":"\#(verb)","user":{"username":"alice"},"sourceIPs":["10.0.0.1"],"#
    + #""userAgent":"\#(String(repeating: "k", count: padding + 1))","#
    + #""objectRef":{"resource":"\#(resource)","namespace":"shop","name":"web-\#(number % 7)","apiGroup":"","apiVersion":"v1"},"#
    + #""responseStatus":{"code":200},"requestReceivedTimestamp":"\#(time)","stageTimestamp":"\#(time)"\#(object)}"#
    + "\n"
}

/// A folder of logs and a store beside them.
struct LogFolder {
  let path: String
  var store: String { path + "/cache/index" }

  func file(_ name: String) -> String { path + "/" + name }
  func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: file(name)))
  }
  func append(_ name: String, _ text: String) throws {
    let handle = try #require(FileHandle(forWritingAtPath: file(name)))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(text.utf8))
    try handle.close()
  }
  /// Packs a file as log rotation does: under another name, and the plain one is gone.
  func pack(_ name: String, as packed: String, with program: String = "gzip") throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["sh", "-c", "\(program) -c < '\(file(name))' > '\(file(packed))' && rm '\(file(name))'"]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  func open(_ access: EventStore.Access = .readWrite) throws -> EventStore {
    try EventStore.open(store, access: access, environment: .reading())
  }

  /// A store of its own each time: what reading everything at once gives.
  static func fresh(_ files: [String]) throws -> EventStore {
    let store = try EventStore.open("", access: .inMemory, environment: .reading())
    _ = try ingest(files, into: store)
    return store
  }
}

func withLogs<Value>(_ body: (LogFolder) throws -> Value) throws -> Value {
  let path = NSTemporaryDirectory() + "whodiff-\(UUID().uuidString)"
  try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: path) }
  return try body(LogFolder(path: path))
}

extension EventStore {
  /// All acts, oldest first, without their ids.
  func acts() throws -> [Act] {
    let snapshot = snapshot()
    return try snapshot.select(EventQuery(level: .everything)).map {
      var act = snapshot.act($0)
      act.id = ActID(segment: 0, row: 0)
      return act
    }
  }
  /// The bytes of all records, in order of acts.
  func texts() throws -> [String] {
    let snapshot = snapshot()
    return try snapshot.select(EventQuery(level: .everything)).flatMap {
      try snapshot.detail($0).records.map { String(decoding: $0.bytes, as: UTF8.self) }
    }
  }
}
