"""The licence of every package that is installed beside us, as one name of SPDX where its own words allow that."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions

# What may be used by and shipped with a work under Apache-2.0. Of the weak copyleft ones nothing is changed here.
ALLOWED = set(
    "0BSD Apache-2.0 Artistic-1.0 BSD BSD-2-Clause BSD-3-Clause CC0-1.0 CNRI-Python HPND ISC LGPL LGPL-3.0-only MIT MIT-0 "
    "MIT-CMU MPL-2.0 PSF-2.0 Unlicense ZPL-2.1 Zlib".split()
)
# Packages whose metadata name none: what the licence file in them says.
READ = {"axe-playwright-python": "MIT"}
WORDS = (
    (r"apache", "Apache-2.0"),
    (r"artistic", "Artistic-1.0"),
    (r"\bMPL|mozilla public", "MPL-2.0"),
    (r"lesser general public|\bLGPL", "LGPL"),
    (r"\bMIT[- ]CMU", "MIT-CMU"),
    (r"\bMIT\b", "MIT"),
    (r"\b2-clause|simplified bsd", "BSD-2-Clause"),
    (r"\b3-clause|new bsd|modified bsd", "BSD-3-Clause"),
    (r"\bBSD\b", "BSD"),
    (r"\bISC", "ISC"),
    (r"\bPSF|python software foundation", "PSF-2.0"),
    (r"unlicense", "Unlicense"),
    (r"\bHPND|historical permission", "HPND"),
    (r"zope public", "ZPL-2.1"),
)
SPDX = re.compile(r"[A-Za-z0-9.+-]+")


def installed() -> Iterator[tuple[str, list[str]]]:
    """(name, its licences) of every package but our own."""
    for one in sorted(distributions(), key=lambda found: found.metadata["Name"].lower()):
        name = str(one.metadata["Name"]).lower().replace("_", "-")
        if name != "dondoc":
            yield name, licences(name, one)


def licences(name: str, one: Distribution) -> list[str]:
    """By License-Expression (PEP 639), else the classifiers, else the free text, else what was read in its files."""
    meta = one.metadata
    expression, written = (
        next(iter(meta.get_all(name) or ()), "") for name in ("License-Expression", "License")
    )
    if expression:
        return [word for word in SPDX.findall(expression) if word not in ("AND", "OR", "WITH")]
    said = [
        line.rpartition("::")[2] for line in meta.get_all("Classifier") or () if line.startswith("License ::")
    ]
    said.append(written.strip().partition("\n")[0][:200])
    known = [spdx for text in said for words, spdx in WORDS if re.search(words, text, re.IGNORECASE)][:1]
    return known or ([READ[name]] if name in READ else [])


if __name__ == "__main__":
    for package, found in installed():
        sys.stdout.write(f"{package}: {', '.join(found) or 'unknown'}\n")
