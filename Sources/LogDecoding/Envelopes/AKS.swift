import AuditModel

extension Envelope {
  /// A diagnostic record of an AKS control plane, from an Event Hub or a storage account.
  static let aksDiagnostic = Envelope(
    name: "aks-diagnostic", summary: "AKS diagnostic record (Event Hub, storage account)",
    mark: "properties.log with category, operationName or resourceId",
    signature: { record in
      guard let properties = record["properties"].object, properties.has("log") else { return false }
      return record.has("category") || record.has("operationName") || record.has("resourceId")
    },
    open: { record, contents in
      contents.transport.cluster = azureCluster(record["resourceId"].string)
      var times = TimestampReader()
      contents.transport.time = times.read(record["time"])
      guard let properties = record["properties"].object else { return }
      contents.add(member: "properties", "log", of: properties["log"])
    })

  /// A row of the table AzureDiagnostics.
  static let logAnalytics = Envelope(
    name: "azure-diagnostics", summary: "row of Azure's table AzureDiagnostics", mark: "log_s",
    signature: { $0["log_s"].isString },
    open: { row, contents in
      contents.transport.cluster = azureCluster(row["ResourceId"].string ?? row["_ResourceId"].string)
      var times = TimestampReader()
      contents.transport.time = times.read(row["TimeGenerated"])
      contents.add(text: row["log_s"])
    })
}

/// The last name of a resource ID; Azure writes the same one in either case.
func azureCluster(_ resourceID: String?) -> String? {
  guard let name = resourceID?.split(separator: "/").last else { return nil }
  return name.lowercased()
}
