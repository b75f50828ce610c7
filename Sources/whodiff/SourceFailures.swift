import EventQueries
import EventStorage
import LogDecoding

extension SourceFailures {
  init(_ errors: [SourceError], in store: EventStore) {
    let known = Set(store.knownSources.lazy.filter { !$0.isArchive }.map(\.path))
    self.init(errors.map { ($0.path, $0.words) }, known: known)
  }
}
