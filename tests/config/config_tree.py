"""A copy of the shipped config/ to make mistakes in, and what is then said about them."""

from __future__ import annotations

import shutil
from pathlib import Path

from config.loader import CONFIG, load_definition
from directives.definition import Definition
from directives.errors import BadInput, Problem

FOLDERS = ("campaigns", "units", "escalations", "calendars", "series", "crosswalks")
CAMPAIGN = "campaigns/dan-van-kheo-2020.yaml"
UNITS = "units/can-tho-2020.csv"
LADDER = "escalations/standard.yaml"
CALENDAR = "calendars/vn.yaml"
SERIES = "series/dan-van-kheo.yaml"


class ConfigTree:
    """`config/` under a folder of its own; every edit must hit its text exactly once, so that none misses silently."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for folder in FOLDERS:
            shutil.copytree(CONFIG / folder, root / folder)

    def path(self, file: str = CAMPAIGN) -> Path:
        return self.root / file

    def text(self, file: str = CAMPAIGN) -> str:
        return self.path(file).read_text(encoding="utf-8")

    def edit(self, old: str, new: str, file: str = CAMPAIGN) -> ConfigTree:
        text = self.text(file)
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        self.path(file).write_text(text.replace(old, new), encoding="utf-8")
        return self

    def append(self, more: str, file: str = CAMPAIGN) -> ConfigTree:
        self.path(file).write_text(self.text(file) + more, encoding="utf-8")
        return self

    def line(self, text: str, file: str = CAMPAIGN) -> int:
        """The number of the line on which the text begins; it must stand there only."""
        whole = self.text(file)
        assert whole.count(text) == 1, f"{text!r} stands {whole.count(text)} times in {file}"
        return whole[: whole.index(text)].count("\n") + 1

    def definition(self) -> Definition:
        return load_definition(self.path())

    def problems(self) -> list[Problem]:
        """What is wrong, in the order it is printed."""
        try:
            self.definition()
        except BadInput as bad:
            return sorted(set(bad.problems))
        return []
