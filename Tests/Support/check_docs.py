#!/usr/bin/env python3
"""Checks the documents: pages printed from tables are fresh, relative links lead somewhere.

    check_docs.py [--write] WHODIFF

With --write the printed pages are written anew instead of compared.
"""
import pathlib, re, subprocess, sys

PRINTED = {"keys": "Keys.md", "filter-language": "FilterLanguage.md", "log-formats": "LogFormats.md",
           "rows": "Rows.md", "sources": "Sources.md"}
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)[^)]*\)")

root = pathlib.Path(__file__).resolve().parents[2]
write = "--write" in sys.argv
whodiff = [word for word in sys.argv[1:] if not word.startswith("-")][0]
wrong = []

for topic, name in PRINTED.items():
    page = root / "Docs" / name
    printed = subprocess.run([whodiff, "documentation", topic], check=True, capture_output=True, text=True).stdout
    if write:
        page.write_text(printed)
    elif not page.exists() or page.read_text() != printed:
        wrong.append(f"Docs/{name} is stale: run make docs")

for page in [*root.glob("*.md"), *root.glob("Docs/*.md"), *root.glob("sample-logs/**/*.md")]:
    for target in LINK.findall(page.read_text()):
        if not target.startswith(("http:", "https:", "mailto:")) and not (page.parent / target).exists():
            wrong.append(f"{page.relative_to(root)}: no such file: {target}")

print("\n".join(wrong) if wrong else "documents are fresh")
sys.exit(1 if wrong else 0)
