import LogDecoding
import EventStorage
import Synchronization

/// Adds up what the threads do.
final class Tally: Sendable {
  private struct Sums {
    var report = IngestReport()
    var bytesRead: Int64 = 0
    var bytesTotal: Int64? = 0
    var results: [UInt32: AppendResult] = [:]
  }
  private let sums = Mutex(Sums())
  private let progress: @Sendable (IngestProgress) -> Void

  init(progress: @escaping @Sendable (IngestProgress) -> Void) { self.progress = progress }

  /// - Parameter bytes: what has to be read of a file, on disk; nil for a pipe.
  func expect(_ bytes: Int64?) {
    sums.withLock { sums in
      guard let bytes else { return sums.bytesTotal = nil }
      sums.bytesTotal = sums.bytesTotal.map { $0 + bytes }
    }
  }

  func skip() { sums.withLock { $0.report.skippedSources += 1 } }

  /// Passes a file over in which there is nothing.
  func skip(empty path: String) {
    sums.withLock { sums in
      sums.report.skippedSources += 1
      sums.report.empty.append(path)
    }
  }

  /// Passes a file over whose text the source has.
  func skip(_ path: String, copyOf source: StoredSource) {
    sums.withLock { sums in
      sums.report.skippedSources += 1
      if source.path != path { sums.report.copies[path] = source.path }
    }
  }

  func fail(_ error: SourceError) { sums.withLock { $0.report.errors.append(error) } }

  /// Counts a stretch that is in the store, as the segments that it became.
  /// - Parameter bytes: read from disk since the last call for this file.
  func count(_ results: [AppendResult], rejects: Int, bytes: Int64, of file: String) {
    let now = sums.withLock { sums in
      for result in results {
        sums.results[result.segment] = result
        sums.report.acts += result.addedActs
        sums.report.records += result.records + result.duplicates
        sums.report.duplicates += result.duplicates
      }
      sums.report.rejects += rejects
      sums.bytesRead += bytes
      return IngestProgress(
        file: file, bytesRead: sums.bytesRead, bytesTotal: sums.bytesTotal, acts: sums.report.acts,
        rejects: sums.report.rejects)
    }
    progress(now)
  }

  /// What became of the segments that were added, by their numbers.
  var results: [UInt32: AppendResult] { sums.withLock { $0.results } }

  /// Takes back what segments brought that are gone.
  func forget(_ isGone: (UInt32) -> Bool) {
    sums.withLock { sums in
      for (segment, result) in sums.results where isGone(segment) {
        sums.results[segment] = nil
        sums.report.acts -= result.addedActs
        sums.report.records -= result.records + result.duplicates
        sums.report.duplicates -= result.duplicates
        sums.report.rejects -= result.rejects
      }
    }
  }

  /// Something was left undone because it was asked to stop.
  func cancel() { sums.withLock { $0.report.wasCancelled = true } }

  var report: IngestReport { sums.withLock { $0.report } }
}
