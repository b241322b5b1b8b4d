"""The manual for ops explains every mail that asks them to do something."""

from __future__ import annotations

import re
from pathlib import Path

from notifications.words import TEMPLATES

MANUAL = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
TO_OPS = "Bộ phận vận hành"


def test_every_alert_is_explained_by_the_beginning_of_its_subject() -> None:
    kinds = [
        file.parent for file in TEMPLATES.glob("*/body.txt.j2") if TO_OPS in file.read_text(encoding="utf-8")
    ]
    assert {"alert", "missed", "runaway", "unprepared"} <= {kind.name for kind in kinds}
    for kind in [*kinds, TEMPLATES / "refused"]:
        (begins,) = re.findall(
            r"(\[[^]{}]+\])(?!\s*\")", (kind / "subject.txt.j2").read_text(encoding="utf-8")
        )
        assert f"**{begins}" in MANUAL, kind.name
