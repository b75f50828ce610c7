// swift-tools-version: 6.1
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("ExistentialAny"),
]

/// One library target of this package, with the settings that all of them share.
func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// The tests of one target; folders of golden files are data, not sources.
func tests(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: [.target(name: name)] + dependencies, path: "Tests/" + name,
    exclude: exclude, swiftSettings: settings)
}

let package = Package(
  name: "whodiff",
  products: [.executable(name: "whodiff", targets: ["whodiff"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // C libraries of the system, and one C++ file over simdjson.
    .systemLibrary(name: "CArchive"),
    .systemLibrary(name: "CCrypto"),
    .systemLibrary(name: "CNcurses"),
    .systemLibrary(name: "CZlib"),
    .systemLibrary(name: "CZstd"),
    .target(
      name: "CSimdJSON", cxxSettings: [.unsafeFlags(["-O2"])], linkerSettings: [.linkedLibrary("simdjson")]),

    library("AuditModel"),
    library("LogDecoding", ["AuditModel", "CSimdJSON", "CArchive", "CCrypto", "CZlib"]),
    library("EventQueries", ["AuditModel"]),
    library(
      "EventStorage", ["AuditModel", "EventQueries", "CZstd", .product(name: "GRDB", package: "GRDB.swift")]),
    library("ObjectHistory", ["AuditModel"]),
    library("ManifestDiff", ["AuditModel"]),
    library("TrailCheck", ["AuditModel", "EventQueries", "ObjectHistory"]),
    library("Ingestion", ["AuditModel", "LogDecoding", "EventStorage"]),
    library("TerminalScreen"),
    library(
      "TimelineUI", ["AuditModel", "EventQueries", "ObjectHistory", "ManifestDiff", "TrailCheck", "TerminalScreen"]),
    library("CursesDriver", ["TerminalScreen", "CNcurses"]),
    .executableTarget(
      name: "whodiff",
      dependencies: [
        "AuditModel", "LogDecoding", "EventQueries", "EventStorage", "ObjectHistory", "ManifestDiff", "TrailCheck",
        "Ingestion",
        "TerminalScreen", "TimelineUI", "CursesDriver",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),

    tests("AuditModel"),
    tests("LogDecoding", ["AuditModel", "CArchive"], exclude: ["Samples"]),
    tests("EventQueries", ["AuditModel"]),
    tests("EventStorage", ["AuditModel", "EventQueries"]),
    tests("ObjectHistory", ["AuditModel"]),
    tests("ManifestDiff", ["AuditModel", .product(name: "Yams", package: "Yams")]),
    tests("TrailCheck", ["AuditModel", "EventQueries", "ObjectHistory"]),
    tests("Ingestion", ["AuditModel", "EventQueries", "EventStorage", "LogDecoding"]),
    tests("TerminalScreen"),
    tests("CursesDriver", ["TerminalScreen"]),
    tests(
      "TimelineUI", ["AuditModel", "EventQueries", "ObjectHistory", "ManifestDiff", "TrailCheck", "TerminalScreen"],
      exclude: ["Screens"]),
  ],
  cxxLanguageStandard: .cxx17
)
