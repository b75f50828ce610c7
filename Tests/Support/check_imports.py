#!/usr/bin/env python3
"""Holds the imports of every target against the arrows of Docs/Architecture.md: what a target may import is listed here."""
import pathlib, re, sys

PROJECT = {
    "AuditModel": [],
    "LogDecoding": ["AuditModel", "CSimdJSON", "CArchive", "CCrypto", "CZlib"],
    "EventQueries": ["AuditModel"],
    "EventStorage": ["AuditModel", "EventQueries", "GRDB", "CZstd"],
    "ObjectHistory": ["AuditModel"],
    "ManifestDiff": ["AuditModel"],
    "TrailCheck": ["AuditModel", "EventQueries", "ObjectHistory"],
    "Ingestion": ["AuditModel", "LogDecoding", "EventStorage"],
    "TerminalScreen": [],
    "TimelineUI": ["AuditModel", "EventQueries", "ObjectHistory", "ManifestDiff", "TrailCheck", "TerminalScreen"],
    "CursesDriver": ["TerminalScreen", "CNcurses"],
}
PROJECT["whodiff"] = [name for name in PROJECT] + ["ArgumentParser"]
# What comes with the toolchain; AuditModel does with the standard library alone.
SYSTEM = {"Foundation", "FoundationEssentials", "Dispatch", "Synchronization", "Glibc", "Musl", "Darwin", "RegexBuilder"}
IMPORT = re.compile(r"^\s*(?:@\w+(?:\(\w+\))?\s+)*(?:(?:public|internal|package|private|fileprivate)\s+)?import\s+"
                    r"(?:(?:struct|class|enum|func|protocol|typealias|let|var)\s+)?(\w+)", re.M)

root = pathlib.Path(__file__).resolve().parents[2]
wrong = []
for target, allowed in PROJECT.items():
    for file in sorted((root / "Sources" / target).rglob("*.swift")):
        for name in IMPORT.findall(file.read_text()):
            system = name in SYSTEM and target != "AuditModel"
            if name not in allowed and not system:
                wrong.append(f"{file.relative_to(root)}: {target} must not import {name}")
print("\n".join(wrong) if wrong else "imports follow the arrows")
sys.exit(1 if wrong else 0)
