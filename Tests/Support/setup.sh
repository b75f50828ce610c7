#!/bin/sh
# Sees to it that Swift 6.1 or later and the named Debian packages are there: installs the packages when it may,
# otherwise prints the one line that does.
set -eu

if ! command -v swift >/dev/null 2>&1; then
  echo "whodiff needs Swift 6.1 or later: https://www.swift.org/install" >&2
  exit 1
fi
version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\)\.\([0-9]*\).*/\1 \2/p' | head -n 1)
major=${version% *}
minor=${version#* }
if [ -z "$version" ] || [ "$major" -lt 6 ] || { [ "$major" -eq 6 ] && [ "$minor" -lt 1 ]; }; then
  echo "whodiff needs Swift 6.1 or later; this is: $(swift --version 2>/dev/null | head -n 1)" >&2
  exit 1
fi

missing=""
for package in "$@"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -eq 0 ]; then
  run=""
elif sudo -n true 2>/dev/null; then
  run="sudo"
else
  echo "whodiff needs these packages; please run:" >&2
  echo "  sudo apt-get update && sudo apt-get install -y$missing" >&2
  exit 1
fi
echo "installing:$missing"
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086
$run apt-get install -y -q $missing >/dev/null 2>&1 || {
  $run apt-get update -q >/dev/null
  $run apt-get install -y -q $missing >/dev/null
}
