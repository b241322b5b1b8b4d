"""`dondoc record-bulk` shows what it read, and records it when the fingerprint is given back."""

from __future__ import annotations

from pathlib import Path

from tests.cli.commands import KEY, Dondoc
from tests.decisions.desk import OFFICER
from tests.ledger.campaigns import at, content


def test_a_list_is_shown_and_then_recorded(dondoc: Dondoc, tmp_path: Path) -> None:
    assert dondoc("db", "upgrade").status == 0
    dondoc.followed.open("2020-06-30 07:00")
    dondoc.now = at("2020-11-09 10:00")
    file = tmp_path / "list.txt"
    file.write_text("STP\t215/BC-STP\t05/11/2020\nkhông rõ\t1/BC-X\t05/11/2020\n", encoding="utf-8")
    asked = ("record-bulk", KEY, "1g/report", "--by", OFFICER, "--lines", str(file))
    before = content(dondoc.engine)
    shown = dondoc(*asked)
    assert shown.status == 0
    assert "line 2: not recorded, không thấy tên hoặc mã đơn vị" in shown.out
    assert content(dondoc.engine) == before
    fingerprint = shown.out.split()[-1]
    assert dondoc(*asked, "--confirm", fingerprint).out == "recorded: 1\n"
    assert dondoc(*asked, "--confirm", fingerprint).status == 1
