#!/bin/sh
# Runs libFuzzer over the decoder, starting from each sample in turn, or over what opens packed files and archives.
# What stops it is left in Tests/Fuzz/Corpus, which the ordinary tests replay, or in Tests/Fuzz/Packed.
# Usage: fuzz.sh [SECONDS [SAMPLE...]]; a minute and all samples without; `archives` among the samples for the opener.
set -eu
cd "$(dirname "$0")/../.."
# Else the runtime takes the signal, and what stopped it is not left.
export SWIFT_BACKTRACE=enable=no
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
    -I "$out" -I "$out/modules/CSimdJSON" -I Sources/CArchive -I Sources/CCrypto -I Sources/CZlib -c "$@" -o "$out/$module.o"
}
# An entry and the program around it.
program() {
  compile "$1" "Tests/Fuzz/$1.swift"
  swiftc -sanitize=fuzzer "$out/AuditModel.o" "$out/LogDecoding.o" "$out/$1.o" "$out/shim.o" -o "$out/$2" \
    -larchive -lcrypto -lz -lsimdjson -lstdc++ 2> "$out/link.log" || { cat "$out/link.log" >&2; exit 1; }
}
clang++ -std=c++17 -O2 -ISources/CSimdJSON/include -c Sources/CSimdJSON/shim.cpp -o "$out/shim.o"
compile AuditModel Sources/AuditModel/*.swift
compile LogDecoding $(find Sources/LogDecoding -name '*.swift')
program DecoderFuzz decoder
program ArchiveFuzz opener

# Usage: run PROGRAM SEEDS FOUND MOST_BYTES MEMORY_MB SECONDS_A_CASE; what is found goes to a folder of Tests/Fuzz.
run() {
  mkdir -p "Tests/Fuzz/$3"
  "$out/$1" -max_total_time="$seconds" -timeout="$6" -rss_limit_mb="$5" -malloc_limit_mb="$5" -max_len="$4" -verbosity=0 \
    -artifact_prefix="Tests/Fuzz/$3/" "$2" < /dev/null > "$2.log" 2>&1 || { tail -n 40 "$2.log"; exit 1; }
}
[ $# -gt 0 ] || set -- $(ls Tests/LogDecoding/Samples | grep -v '\.expected$') archives
for sample in "$@"; do
  echo "== $sample"
  seeds=$out/found/$sample
  mkdir -p "$seeds"
  if [ "$sample" = archives ]; then
    # A sample in each kind of packing, and archives in an archive.
    python3 Tests/Fuzz/pack.py Tests/LogDecoding/Samples "$seeds"
    # Without optimisation, and beside other work, a mebibyte takes its time.
    run opener "$seeds" Packed 65536 1024 120
  else
    cp "Tests/LogDecoding/Samples/$sample" "$seeds/"
    run decoder "$seeds" Corpus 65536 4096 20
  fi
done
