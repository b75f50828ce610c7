import AuditModel
import Testing

/// The record as text after redaction.
private func redacted(_ text: String, _ mode: Redactor.Mode = .on) -> String {
  String(decoding: Redactor(mode: mode).redact(record: Array(text.utf8)), as: UTF8.self)
}

@Suite struct RedactionTests {
  @Test func `values of a Secret are replaced wherever its kind stands`() {
    let text = redacted(
      #"{"objectRef":{"resource":"secrets"},"responseObject":{"data":{"user":"YWRtaW4=","p":"aHVudGVyMg=="},"kind":"Secret"}}"#
    )
    #expect(!text.contains("YWRtaW4=") && !text.contains("aHVudGVyMg=="))
    #expect(text.contains("<redacted 8 bytes #") && text.contains(#""kind":"Secret""#))
  }

  @Test func `what the API server says of a refused Secret is replaced`() {
    let status =
      #"{"code":422,"message":"data[pw]: Invalid value: \"hunter2\"","details":{"causes":[{"message":"hunter2"}]}}"#
    for resource in ["secrets", "pods"] {
      let text = redacted(
        #"{"objectRef":{"resource":"\#(resource)"},"responseStatus":\#(status),"responseObject":\#(status)}"#)
      #expect(text.contains("hunter2") == (resource == "pods"))
    }
  }

  @Test(arguments: [
    #"{"protoPayload":{"request":{"@type":"core.k8s.io/v1.Secret","data":{"p":"aHVudGVyMg=="}}}}"#,
    #"{"protoPayload":{"methodName":"io.k8s.core.v1.secrets.patch","request":{"data":{"p":"aHVudGVyMg=="}}}}"#,
    #"{"protopayload_auditlog":{"methodName":"io.k8s.core.v1.secrets.create","requestJson":"{\"data\":{\"p\":\"aHVudGVyMg==\"}}"}}"#,
    #"{"AuditId":"a","ObjectRef":{"resource":"secrets"},"RequestObject":{"data":{"p":"aHVudGVyMg=="}}}"#,
    #"{"AuditId":"a","ObjectRef":"{\"resource\":\"secrets\"}","ResponseObject":"{\"data\":{\"p\":\"aHVudGVyMg==\"}}"}"#,
  ])
  func `values of a Secret are replaced in the records of GKE and AKS`(record: String) throws {
    let text = redacted(record)
    #expect(!text.contains("aHVudGVyMg==") && text.contains("<redacted 12 bytes #"))
    #expect(throws: Never.self) { try JSONValue(parsing: text) }
  }

  @Test(arguments: [
    #"{"objectRef":{"resource":"secrets"},"annotations":{"patch.webhook.admission.k8s.io/round_0_index_0":"{\"webhook\":\"w\",\"patch\":[{\"op\":\"add\",\"path\":\"/data/x\",\"value\":\"hunter2\"}]}"}}"#,
    #"{"requestURI":"/api/v1/namespaces/a/pods/p/attach?%63ommand=hunter2&x=%zz"}"#,
    #"{"requestURI":"/api/v1/x?pass%77ord=hunter2"}"#,
    #"{"requestObject":{"kind":"PodExecOptions","command":["sh","hunter2"]}}"#,
    #"{"requestObject":{"spec":{"containers":[{"args":["--verbose","--password=hunter2"]}]}}}"#,
    #"{"requestObject":{"spec":{"containers":[{"command":["x","--api-key=hunter2"]}]}}}"#,
    #"{"rule":"R","output_fields":{"jevt.value[/requestObject/data]":"hunter2"}}"#,
    #"{"rule":"R","output_fields":{"ka.uri":"/api/v1/namespaces/a/pods/p/exec?command=hunter2"}}"#,
    #"{"rule":"R","output_fields":{"ka.uri.param[command]":"hunter2"}}"#,
  ])
  func `secrets are found in patches of webhooks, arguments and alerts`(record: String) throws {
    let text = redacted(record)
    #expect(!text.contains("hunter2") && text.contains("<redacted 7 bytes #"))
    #expect(throws: Never.self) { try JSONValue(parsing: text) }
  }

  @Test(arguments: [
    #"{"requestObject":{"spec":{"containers":[{"command":["sh","-c","date"],"args":["--port=80","-v=2"]}]}}}"#,
    #"{"requestURI":"/api/v1/x?label%53elector=a"}"#,
    #"{"rule":"R","output_fields":{"ka.uri.param[container]":"app","jevt.value[/requestObject/spec]":"x"}}"#,
    #"{"annotations":{"mutation.webhook.admission.k8s.io/round_0_index_0":"{\"mutated\":false}"}}"#,
  ])
  func `what only looks alike stays`(record: String) {
    #expect(redacted(record) == record)
  }

  @Test func `a patch of a Secret is replaced too`() {
    let text = redacted(
      #"{"objectRef":{"resource": "secrets"},"requestObject":[{"op":"replace","path":"/data/p","value":"aHVudGVyMg=="}]}"#
    )
    #expect(!text.contains("aHVudGVyMg==") && text.contains(#""path":"/data/p""#))
  }

  @Test(arguments: [
    (#"{"op":"replace","path":"/spec/clientSecret","value":"hunter2"}"#, true),
    (#"{"op":"replace","value":"hunter2","path":"/spec/clientSecret"}"#, true),
    (#"{"op":"test","path":"/spec/tokens/0/token","value":"hunter2"}"#, true),
    (#"{"op":"add","path":"/spec/token/-","value":["hunter2"]}"#, true),
    (#"{"op":"add","path":"/data/db-password","value":"hunter2"}"#, true),
    (#"{"op":"add","path":"/data","value":{"password":"hunter2"}}"#, true),
    (#"{"op":"add","path":"","value":{"spec":{"token":"hunter2"}}}"#, true),
    (#"{"op":"add","path":"\/spec\/pass\u0077ord","value":"hunter2"}"#, true),
    (#"{"op":"add","path":"/spec/a","path":"/spec/token","value":"hunter2"}"#, true),
    (
      #"{"op":"add","path":"/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration","value":"hunter2"}"#,
      true
    ),
    (
      #"{"op":"add","path":"/metadata/annotations","value":{"kubectl.kubernetes.io/last-applied-configuration":"hunter2"}}"#,
      true
    ),
    (#"{"op":"add","path":"/spec/containers/0/env/-","value":{"value":"hunter2","name":"DB_PASSWORD"}}"#, true),
    (#"{"op":"add","path":"/spec/containers/0/env","value":[{"name":"DB_PASSWORD","value":"hunter2"}]}"#, true),
    (#"{"op":"replace","path":"/spec/containers/0/env/1/value","value":"hunter2"}"#, true),
    (#"{"op":"replace","value":"hunter2"#, true),
    (#"{"op":"replace","path":"/spec/clientSecret","value":"hunter2"#, true),
    (#"{"op":"replace","path":"/spec/selector","value":"hunter2"}"#, false),
    (#"{"op":"add","path":"/metadata/labels/token","value":"hunter2"}"#, false),
    (#"{"op":"add","path":"/spec/containers/0/env/-","value":{"value":"hunter2","name":"MODE"}}"#, false),
    (#"{"op":"add","path":"/data/mode","value":"hunter2"}"#, false),
  ])
  func `what a JSON patch sets is judged by where it goes`(operation: String, isSecret: Bool) {
    for record in [
      #"{"objectRef":{"resource":"deployments"},"requestObject":[{"op":"test"},\#(operation)]}"#,
      #"{"protoPayload":{"request":[\#(operation)]}}"#, #"{"protoPayload":{"request":{"value":[\#(operation)]}}}"#,
      #"{"RequestObject":\#(JSONValue.string(" [\(operation)]").json)}"#,
      #"{"protopayload_auditlog":{"requestJson":\#(JSONValue.string("[\(operation)]").json)}}"#,
    ] {
      #expect(redacted(record).contains("hunter2") != isSecret, "\(record)")
    }
  }

  @Test func `a patch of a Secret hides the data in an object and shows what is none`() {
    func patched(_ path: String, _ value: String) -> String {
      redacted(
        #"{"objectRef":{"resource":"secrets"},"requestObject":[{"op":"add","path":"\#(path)","value":\#(value)}]}"#)
    }
    #expect(!patched("/data", #"{"p":"aHVudGVyMg=="}"#).contains("aHVudGVyMg=="))
    #expect(!patched("data/p", #""aHVudGVyMg==""#).contains("aHVudGVyMg=="))
    #expect(patched("/metadata/labels/app", #""shop""#).contains("shop"))
  }

  @Test func `one secret has one mark in a patch and in what came of it`() {
    let text = redacted(
      #"{"requestObject":[{"op":"add","path":"/spec/token","value":"abc"}],"responseObject":{"spec":{"token":"abc"}}}"#)
    #expect(text.split(separator: Redactor.mark(for: "abc")).count == 3)
  }

  @Test func `strict hides annotations and variables that a patch sets`() {
    for path in ["/metadata/annotations/a", "/data/mode", "/spec/env/0/value"] {
      let text = redacted(#"{"requestObject":[{"op":"add","path":"\#(path)","value":"abc"}]}"#, .strict)
      #expect(!text.contains("abc"), "\(path)")
    }
  }

  @Test func `tokens, last-applied, exec arguments and passwords in env are replaced`() {
    let record = """
      {"requestURI":"/api/v1/namespaces/a/pods/b/exec?command=mysql&command=-phunter2&stdin=true","userAgent":"x",\
      "requestObject":{"spec":{"token":"abc.def"},"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{}"}},\
      "env":[{"name":"DB_PASSWORD","value":"hunter2"},{"name":"MODE","value":"fast"}],"selector":"has(password)"}}
      """
    let text = redacted(record)
    for secret in ["hunter2", "abc.def", #""{}""#] { #expect(!text.contains(secret), "\(secret)") }
    for kept in ["stdin=true", "fast", "has(password)", "DB_PASSWORD"] { #expect(text.contains(kept), "\(kept)") }
  }

  @Test(arguments: [
    (#"{"requestObject":{"_token_":"abc"}}"#, true), (#"{"requestObject":{"Client-Secret":"abc"}}"#, true),
    (#"{"requestObject":{"tokens":"abc"}}"#, false), (#"{"requestObject":{"labels":{"token":"abc"}}}"#, false),
    (#"{"requestObject":{"pass\u0077ord":"abc"}}"#, true), (#"{"requestObject":{"token":["abc"]}}"#, true),
    (#"{"token":"abc"}"#, false), (#"{"protoPayload":[{"request":{"token":"abc"}}]}"#, false),
    (#"{"protoPayload":{"protoPayload":{"request":{"token":"abc"}}}}"#, false),
    (#"{"protoPayload":{"response":{"a":{"token":"abc"}}}}"#, true),
    (#"{"requestObject":{"env":[{"name":"A_TOKEN","value":"abc"}]}}"#, true),
    (#"{"requestObject":{"env":[{"name":"A","value":"abc"}]}}"#, false),
    (#"{"requestObject":{"env":[{"value":"abc","name":"A_TOKEN"}]}}"#, true),
    (#"{"requestObject":{"env":[{"value":"abc","valueFrom":{"name":"A_TOKEN"}}]}}"#, false),
    (#"{"requestObject":{"headers":[{"name":"Authorization","value":"abc"}]}}"#, true),
    (#"{"requestObject":{"annotations":{"kapp.k14s.io/original":"abc"}}}"#, true),
    (#"{"requestObject":{"token":"abc"#, true), (#"{"responseObject":{"kind" : "Secret","data":{"a":"abc"}}}"#, true),
    (#"{"responseObject":{"kind":"Secrets","data":{"a":"abc"}}}"#, false),
    (#"{"message":"Authorization: BeArEr abc45678"}"#, true),
  ])
  func `the place of a text decides`(record: String, isSecret: Bool) {
    #expect(redacted(record).contains("abc") != isSecret)
  }

  @Test func `exec arguments are replaced in the text of a legacy audit log`() {
    let line = #"2026-10-05T09:12:44Z AUDIT: id="c3" method="POST" user="eve" user-agent="a\x1b" "#
    for rest in [#"&stdin=true" response="101""#, #"" response="101""#, ""] {
      let text = redacted(line + #"uri="/api/v1/namespaces/a/pods/b/exec?command=mysql&command=-phunter2"# + rest)
      #expect(!text.contains("hunter2") && text.hasPrefix(line + #"uri="/api/v1/namespaces/a/pods/b/exec?command="#))
      #expect(text.hasSuffix(rest.drop { $0 != " " }))
    }
    let other = line + #"uri="/api/v1/namespaces?limit=500" response="200""#
    #expect(redacted(other) == other)
  }

  @Test(arguments: [
    (
      "/api/v1/namespaces/a/pods/b/exec?command=mysql&stdin=true",
      "/api/v1/namespaces/a/pods/b/exec?command=&stdin=true"
    ),
    ("/x?labelSelector=app%3Dtoken&token=s3cr3t", "/x?labelSelector=app%3Dtoken&token="),
    ("/x?a=eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2ln&b=c", "/x?a=&b=c"), ("/x?limit=500", "/x?limit=500"),
  ])
  func `an index keeps URIs without what is redacted in them`(uri: String, bare: String) {
    #expect(Redactor.bare(uri: uri) == bare)
  }

  @Test func `token-like words are replaced in any text`() {
    let jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJlLXNpZ25hdHVyZQ"
    #expect(!Redactor().redact(text: "curl -H Bearer:\(jwt)").contains(jwt))
    #expect(!Redactor().redact(text: "Authorization: Bearer s3cr3t-s3cr3t").contains("s3cr3t"))
    #expect(
      Redactor().redact(text: "kubectl/v1.34.1 (linux/amd64) kubernetes/abc1234")
        == "kubectl/v1.34.1 (linux/amd64) kubernetes/abc1234")
  }

  @Test func `equal secrets have equal marks, others differ in length at least`() {
    #expect(Redactor.mark(for: "one") == Redactor.mark(for: "one"))
    #expect(Redactor.mark(for: "one") != Redactor.mark(for: "three"))
  }

  @Test func `nothing else changes, not a byte`() {
    let bytes: [UInt8] =
      Array(#"{"a" : "x\u0041", "n":1.0, "bad":""#.utf8) + [0xFF] + Array(#"","b":[1, {"c":null}]}"#.utf8)
    #expect(Redactor().redact(record: bytes) == bytes)
    let secret = Array(#"{"kind":"Secret","requestObject":{"kind":"Secret","data":{"a":"b"}}}"#.utf8)
    #expect(Redactor(mode: .off).redact(record: secret) == secret)
  }

  @Test func `rules that name secrets as a resource are policy, not secrets`() {
    let role =
      #"{"objectRef":{"resource":"roles"},"requestObject":[{"op":"add","path":"/rules/0/resources/-","value":"secrets"}]}"#
    #expect(redacted(role) == role)
  }

  @Test func `a record cut inside a secret does not show its head`() {
    #expect(!redacted(#"{"kind":"Secret","requestObject":{"kind":"Secret","data":{"a":"aHVudGVy"#).contains("aHVudGVy"))
  }
}
