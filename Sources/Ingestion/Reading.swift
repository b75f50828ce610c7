public import AuditModel
public import EventStorage
public import LogDecoding
import Synchronization

extension StoreEnvironment {
  /// What a store of logs needs: records are read by `LogDecoding`.
  /// - Parameters:
  ///   - redaction: every record passes it before anybody sees it.
  ///   - textRedaction: free texts of columns pass it.
  ///   - limits: for packed sources that are read again.
  public static func reading(
    redaction: @escaping @Sendable ([UInt8], RecordMemory?) -> [UInt8] = { record, _ in record },
    textRedaction: @escaping @Sendable (String) -> String = { $0 }, limits: UnpackingLimits = UnpackingLimits()
  ) -> StoreEnvironment {
    StoreEnvironment(
      decodeContent: { record, memory in
        LogDecoding.decodeContent(record, memory: memory).map {
          StoredContent(
            requestURI: $0.requestURI, request: $0.requestObject, response: $0.responseObject,
            annotations: $0.annotations, message: $0.message)
        }
      },
      readSource: { path, offset, count in try ByteSource.open(path, limits: limits).bytes(at: offset, count: count) },
      contentID: { contentKey(of: $0) },
      unwrap: { payload(of: $0, contentID: $1) },
      readRow: { tableRecord($0, head: $1) },
      redaction: redaction, redactionMayWrite: Redactor.mayWrite, textRedaction: textRedaction)
  }
}
