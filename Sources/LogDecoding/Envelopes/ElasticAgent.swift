import AuditModel

extension Envelope {
  /// Elastic Agent's Kubernetes integration.
  static let elasticAgent = Envelope(
    name: "elastic-agent", summary: "Elastic Agent's document of a Kubernetes audit event",
    mark: "kubernetes.audit is an object",
    signature: { document in
      guard let kubernetes = document["kubernetes"].object else { return false }
      return kubernetes["audit"].object != nil
    },
    open: { document, contents in
      contents.transport = commonTransport(document)
      // The event as it was logged, where it was kept: the document has other names for some of it.
      if let event = document["event"].object, event["original"].starts(with: "{") {
        return contents.add(text: event["original"])
      }
      if let place = RawJSON.member(["kubernetes", "audit"], in: contents.text) {
        contents.add(Array(place), from: place)
      }
    })
}
