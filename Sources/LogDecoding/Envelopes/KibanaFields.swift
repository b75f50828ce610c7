import AuditModel

extension Envelope {
  /// A document that was asked for without its source: members under dotted keys, each an array.
  static let kibanaFields = Envelope(
    name: "elasticsearch-fields", summary: "Elasticsearch document without its source, as Kibana copies some",
    mark: "_index and fields, no _source",
    signature: { $0["_index"].isString && $0["fields"].object != nil },
    open: { hit, contents in
      contents.transport.cluster = indexCluster(hit["_index"].string)
      guard let place = RawJSON.member("fields", in: contents.text),
        let fields = (try? JSONValue(parsing: place))?.members
      else { return contents.reject("an Elasticsearch document whose fields cannot be read") }
      contents.add(Array(document(of: fields).json.utf8), from: place)
    })
}

/// The document that dotted keys spell. What holds one value was one value, unless its key is that of a list.
func document(of fields: JSONMembers) -> JSONValue {
  var document = JSONValue.object(JSONMembers())
  for member in fields.unique where !member.key.hasSuffix(".keyword") {
    let path = member.key.split(separator: ".").map(String.init)
    var value = member.value
    if case .array(let items) = value, items.count == 1, !isList(member.key) { value = items[0] }
    document = document.setting(path, to: value)
  }
  return document
}

/// Whether a dotted key is that of a list, so that a single value is one of several.
func isList(_ key: String) -> Bool {
  key.split(separator: ".").last.map { listKeys.contains(String($0)) } ?? false
}

private let listKeys: Set<String> = [
  "groups", "sourceIPs", "labels", "all_policies", "enforced_policies", "pending_policies", "transit_policies",
  "rrsets",
  "servers", "rdata", "dest_domains", "process_args",
]
