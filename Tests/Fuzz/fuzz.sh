#!/bin/sh
# Runs libFuzzer over the decoder, starting from each sample in turn. What stops it is left in Tests/Fuzz/Corpus, which
# the ordinary tests replay. Usage: fuzz.sh [SECONDS [SAMPLE...]]; a minute and all samples without.
set -eu
cd "$(dirname "$0")/../.."
seconds=${1:-60}
[ $# -eq 0 ] || shift
out=.build/fuzz
mkdir -p "$out/modules/CSimdJSON" "$out/found"
printf 'module CSimdJSON {\n  header "%s"\n  export *\n}\n' "$PWD/Sources/CSimdJSON/include/shim.h" > "$out/modules/CSimdJSON/module.modulemap"

# Without optimisation: reads outside of a buffer stop the program then.
compile() {
  module=$1
  shift
  swiftc -Onone -wmo -parse-as-library -swift-version 6 -sanitize=fuzzer -enable-upcoming-feature InternalImportsByDefault \
    -enable-upcoming-feature ExistentialAny -module-name "$module" -emit-module -emit-module-path "$out/$module.swiftmodule" \
    -I "$out" -I "$out/modules/CSimdJSON" -I Sources/CArchive -I Sources/CCrypto -c "$@" -o "$out/$module.o"
}
clang++ -std=c++17 -O2 -ISources/CSimdJSON/include -c Sources/CSimdJSON/shim.cpp -o "$out/shim.o"
compile AuditModel Sources/AuditModel/*.swift
compile LogDecoding $(find Sources/LogDecoding -name '*.swift')
compile DecoderFuzz Tests/Fuzz/DecoderFuzz.swift
swiftc -sanitize=fuzzer "$out/AuditModel.o" "$out/LogDecoding.o" "$out/DecoderFuzz.o" "$out/shim.o" -o "$out/decoder" \
  -larchive -lcrypto -lsimdjson -lstdc++ 2> "$out/link.log" || { cat "$out/link.log" >&2; exit 1; }

[ $# -gt 0 ] || set -- $(ls Tests/LogDecoding/Samples | grep -v '\.expected$')
for sample in "$@"; do
  echo "== $sample"
  seeds=$out/found/$sample
  mkdir -p "$seeds"
  cp "Tests/LogDecoding/Samples/$sample" "$seeds/"
  # An own process group: libFuzzer's children go with it.
  "$out/decoder" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=4096 -max_len=65536 -verbosity=0 \
    -artifact_prefix=Tests/Fuzz/Corpus/ "$seeds" < /dev/null > "$out/$sample.log" 2>&1 || { tail -n 40 "$out/$sample.log"; exit 1; }
done
