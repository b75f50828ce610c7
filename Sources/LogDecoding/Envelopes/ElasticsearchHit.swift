import AuditModel

extension Envelope {
  /// A document as search, scroll, elasticdump and Kibana give it. Only the source counts: `fields`, `highlight` and
  /// `sort` repeat parts of it in other forms. Index and ID name a document: scrolls and dumps that overlap tell it twice.
  static let elasticsearchHit = Envelope(
    name: "elasticsearch-hit", summary: "Elasticsearch document: a hit of a search, a line of a dump",
    mark: "_source is an object",
    signature: { $0["_source"].object != nil },
    open: { hit, contents in
      contents.transport.cluster = indexCluster(hit["_index"].string)
      if let index = hit.bytes("_index"), let id = hit.bytes("_id") { contents.document = Array(index) + [0] + id }
      contents.add(member: "_source", of: hit["_source"])
    })
}

/// The cluster in the name of a Calico index, `tigera_secure_ee_audit_ee.CLUSTER.20261005`.
func indexCluster(_ index: String?) -> String? {
  guard let index, index.hasPrefix("tigera_secure_ee_") else { return nil }
  let parts = index.split(separator: ".")
  return parts.count >= 3 ? String(parts[1]) : nil
}
