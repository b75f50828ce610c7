// Over simdjson.
