import Ingestion
import Testing

@Suite struct ClusterNamesTests {
  private let names: ClusterNames = {
    var names = ClusterNames()
    names.set("prod", at: "./logs/prod/")
    names.set("edge", at: "logs/prod/edge.tar")
    names.set("dev", at: "/var/log/dev.log")
    names.set("pipe", at: "-")
    return names
  }()

  @Test(arguments: [
    ("logs/prod/audit.log", "prod"), ("./logs/prod/a/b.log", "prod"), ("logs/prod", "prod"),
    ("logs/production.log", nil),
    ("logs/prod/edge.tar!audit.log", "edge"), ("/var/log/dev.log", "dev"), ("/var/log/dev.log.1", nil), ("-", "pipe"),
  ]) func `a file is of the cluster of the innermost folder that was named`(path: String, name: String?) {
    #expect(names[path] == name)
  }

  @Test func `the folder that the program runs in holds what is named without one`() {
    var here = ClusterNames()
    here.set("prod", at: ".")
    #expect(here["audit.log"] == "prod")
    #expect(here["logs/audit.log"] == "prod")
    #expect(here["/var/log/audit.log"] == nil)
    #expect(here["-"] == nil)
  }
}
