# whodiff: `make run` shows the sample logs, `make test` runs every check. Both set up what they need.
SWIFT   ?= swift
PREFIX  ?= /usr/local
DESTDIR ?=
BINARY  := .build/release/whodiff
PACKAGES := libarchive-dev libncurses-dev libsimdjson-dev libsqlite3-dev libssl-dev libzstd-dev zlib1g-dev
CHECK_PACKAGES := patch python3 tmux zstd
# The Swift runtime is linked in: the program starts in a few milliseconds and runs where no toolchain is.
RELEASE := -c release --static-swift-stdlib

.PHONY: run build test unit e2e lint format bench fuzz docs install setup setup-checks clean

run: build
	$(BINARY) sample-logs

build: setup
	$(SWIFT) build $(RELEASE) --product whodiff

test: setup-checks lint unit e2e

unit: setup
	$(SWIFT) test

e2e: build setup-checks
	WHODIFF=$(abspath $(BINARY)) python3 -m unittest discover --start-directory Tests/EndToEnd --pattern '*_test.py'

lint: build
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests
	python3 Tests/Support/check_imports.py
	python3 Tests/Support/check_docs.py $(BINARY)

format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests

bench: build
	python3 Tests/Support/bench.py $(BINARY)

# Each sample for a minute: make fuzz, or make fuzz SECONDS=10 SAMPLES="cri.log docker.log".
SECONDS ?= 60
fuzz: setup
	sh Tests/Fuzz/fuzz.sh $(SECONDS) $(SAMPLES)

docs: build
	python3 Tests/Support/check_docs.py --write $(BINARY)

install: build
	install -d "$(DESTDIR)$(PREFIX)/bin"
	install -m 0755 $(BINARY) "$(DESTDIR)$(PREFIX)/bin/whodiff"
	ln -sf whodiff "$(DESTDIR)$(PREFIX)/bin/kubectl-whodiff"

setup:
	@sh Tests/Support/setup.sh $(PACKAGES)

setup-checks: setup
	@sh Tests/Support/setup.sh $(CHECK_PACKAGES)

clean:
	rm -rf .build
