"""A drafted file in a config/ of its own, and what a person does with it: consider every mark, fill every gap."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from config.loader import CONFIG, load_definition
from config.organisation import load_units
from directives.definition import Definition, units_on
from directives.drafting.campaign import Wanted, campaign_text
from directives.drafting.document import Document
from directives.drafting.instructions import groups
from directives.drafting.series import flow_lines, series_head
from directives.errors import BadInput
from tests.config.config_tree import ConfigTree

KEY = "thu-nghiem-2020"
FILE = f"campaigns/{KEY}.yaml"
SETTLED = re.compile(r"[ \t]*# RÀ SOÁT:.*$", re.M)
GAPS = {
    "  unit:": "  unit: SNV",
    "        due:": "        due: {by: 2026-12-31}\n        basis: {source: directive, text: 'trong ngày'}",
    "    name:": "    name: Nguyễn Thị Đầu Mối",
    "    phone:": "    phone: 0292 0000 000",
    "    address:": "    address: dau-moi.snv@cantho.example",
}


def drafted(document: Document, *, flows: Iterable[str] | None = None, cut: tuple[str, ...] = ()) -> str:
    known = frozenset(flows if flows is not None else (group.key for group in groups(document.duties)))
    loaded = load_units(CONFIG / "units" / "can-tho-2020.csv")
    units = units_on(loaded, document.head.issued or date(2020, 7, 6))
    return campaign_text(document, Wanted(KEY, "thu-nghiem", "can-tho-2020", units, known, cut))


def in_tree(tree: ConfigTree, text: str, document: Document) -> ConfigTree:
    found = groups(document.duties)
    series = series_head("thu-nghiem", "Thử nghiệm") + flow_lines(found, 1)
    (tree.root / "series" / "thu-nghiem.yaml").write_text(series, encoding="utf-8")
    tree.path(FILE).write_text(text, encoding="utf-8")
    return tree


def problems(tree: ConfigTree) -> list[str]:
    try:
        load_definition(tree.path(FILE))
    except BadInput as bad:
        return [f"{one.line} {one.path} {one.message}" for one in sorted(set(bad.problems))]
    return []


def settled(text: str) -> str:
    """As a person would: every mark considered and deleted, what was empty filled in."""
    text = SETTLED.sub("", text)
    for empty, full in GAPS.items():
        text = re.sub(rf"^{empty}[ ]*$", full, text, flags=re.M)
    return text


def loaded(tree: ConfigTree) -> Definition:
    return load_definition(tree.path(FILE))
