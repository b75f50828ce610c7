import AuditModel

extension LogFormat {
  /// Audit records about the Calico API, `projectcalico.org`: of Calico's own API server, or of kube-apiserver where
  /// it passed the request on or serves these types itself.
  static let calicoAudit = LogFormat(
    name: "calico-audit",
    summary: "Audit log of the Calico API server (JSON; audit.k8s.io/v1, v1beta1)",
    mark: "an audit event whose objectRef.apiGroup is projectcalico.org",
    signature: { record in
      guard let group = record.bytes("objectRef", "apiGroup"), group == "projectcalico.org" else { return false }
      return isAuditEvent(record)
    },
    decode: { (record, times) throws(DecodeError) in .audit(try decodeAuditEvent(record, &times)) })
}
