import AuditModel
import ManifestDiff
import Testing
import Yams

/// The value as an independent YAML reader has it. Its plain scalars are resolved by YAML's own rules.
private func value(_ node: Node) -> JSONValue {
  switch node {
  case .scalar(let scalar):
    switch node.tag.description {
    case "tag:yaml.org,2002:null": .null
    case "tag:yaml.org,2002:bool": .bool(scalar.string == "true")
    case "tag:yaml.org,2002:int", "tag:yaml.org,2002:float": .number(scalar.string)
    case "tag:yaml.org,2002:str": .string(scalar.string)
    default: .string("not a scalar of JSON: \(node.tag.description)")
    }
  case .mapping(let mapping):
    .object(
      JSONMembers(mapping.map { JSONMembers.Member(key: $0.key.string ?? "not a string", value: value($0.value)) }))
  case .sequence(let sequence): .array(sequence.map { value($0) })
  case .alias: .string("an alias")
  }
}

private func parsed(_ text: ManifestText) throws -> JSONValue {
  value(try #require(try Yams.compose(yaml: text.text)))
}

@Test func `a manifest is written as kubectl writes it`() throws {
  let manifest = try json(
    #"""
    {"spec":{"order":100,"selector":"env == \"prod\"","ingress":[{"action":"Deny","source":{"nets":["18.0.0.0/16"]}},
    {"action":"Allow","source":{}}],"types":["Ingress"],"matrix":[["a","b"],[]]},"kind":"GlobalNetworkPolicy",
    "metadata":{"name":"x","annotations":{"a.b/c":"two\nlines"}},"apiVersion":"v3","extra":null}
    """#)
  #expect(
    ManifestText(manifest).text == #"""
      apiVersion: v3
      kind: GlobalNetworkPolicy
      metadata:
        name: x
        annotations:
          a.b/c: "two\nlines"
      spec:
        order: 100
        selector: env == "prod"
        ingress:
        - action: Deny
          source:
            nets:
            - 18.0.0.0/16
        - action: Allow
          source: {}
        types:
        - Ingress
        matrix:
        - - a
          - b
        - []
      extra: null

      """#)
}

@Test func `each line has the path of its field and the number of lines below it`() throws {
  let text = ManifestText(try json(#"{"spec":{"ingress":[{"from":[{"a":1}],"b.c":2}],"x":[]}}"#))
  #expect(
    text.lines.map { "\($0.text)|\($0.path)|\($0.childCount)" } == [
      "spec:|spec|5", "  ingress:|spec.ingress|3", "  - from:|spec.ingress[0].from|2",
      "    - a: 1|spec.ingress[0].from[0].a|0",
      "    b.c: 2|spec.ingress[0][\"b.c\"]|0", "  x: []|spec.x|0",
    ])
}

@Test(arguments: hostileStrings)
func `a hostile string is one line and reads back the same`(text: String) throws {
  let manifest: JSONValue = .object(
    JSONMembers([.init(key: "a", value: .array([.string(text)])), .init(key: "k" + text, value: .null)]))
  let written = ManifestText(manifest)
  #expect(written.lines.count == 3)
  for line in written.lines {
    #expect(
      !line.text.unicodeScalars.contains {
        $0.value < 0x20 || $0.properties.generalCategory == .format || (0x7F..<0xA0).contains($0.value)
      })
  }
  let back = try parsed(written)
  #expect(back["a"]?.array?.first?.string?.utf8.elementsEqual(text.utf8) == true)
  #expect(isSame(back, manifest))
}

@Test func `text that needs no quotes has none`() {
  for text in [
    "10.0.0.1", "10.0.0.0/8", "app", "env == \"prod\"", "2001:db8::/32", "kubectl-client-side-apply", "a#b", "日本",
  ] {
    #expect(ManifestText(.object(["a": .string(text)])).text == "a: \(text)\n")
  }
  #expect(ManifestText(.object(["a": .string("true")])).text == "a: \"true\"\n")
  #expect(ManifestText(.object(["a": .string("*")])).text == "a: '*'\n")
}

@Test(arguments: 0..<200)
func `a random document reads back equal`(seed: Int) throws {
  var random = RandomManifests(seed: seed, hasLookAlikes: false)
  let manifest = random.object(depth: 4)
  #expect(isSame(try parsed(ManifestText(manifest)), manifest))
}

@Test(arguments: 0..<60)
func `the first lines are those of the whole text`(seed: Int) throws {
  var random = RandomManifests(seed: seed)
  let manifest = random.object(depth: 4)
  let whole = ManifestText(manifest).lines.map(\.text)
  for limit in [0, 1, 2, 5, whole.count, whole.count + 3] {
    #expect(ManifestText(manifest, limit: limit).lines.map(\.text) == Array(whole.prefix(limit)))
  }
}

@Test func `the first lines of a long manifest are made without the rest`() throws {
  let nets = JSONValue.array((0..<200_000).map { .string("10.0.0.0/\($0)") })
  let manifest = JSONValue.object(["spec": .object(["nets": nets]), "kind": .string("GlobalNetworkSet")])
  // Whole texts would take minutes.
  for _ in 0..<200 { #expect(ManifestText(manifest, limit: 20).lines.count == 20) }
}

@Test func `numbers keep their digits and of repeated keys the last counts`() throws {
  #expect(
    ManifestText(try json(#"{"a":9007199254740993,"b":1.0,"c":1,"c":2}"#)).text == "a: 9007199254740993\nb: 1.0\nc: 2\n"
  )
}

@Test func `machine fields are taken out and counted`() throws {
  let manifest = try json(
    #"""
    {"metadata":{"name":"x","uid":"u","resourceVersion":"1","annotations":
    {"kubectl.kubernetes.io/last-applied-configuration":"{}"}},"status":{}}
    """#)
  let (rest, count) = MachineFields.removed(from: manifest)
  #expect(count == 4)
  #expect(rest.json == #"{"metadata":{"name":"x"}}"#)
}
