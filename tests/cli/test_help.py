"""The command line as a new user meets it: every command and option says what it is for, and common slips say the way out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from typer.core import TyperCommand, TyperGroup, TyperOption
from typer.main import get_command

from cli.main import PANELS, app
from tests.cli.commands import KEY, Dondoc
from tests.ledger.campaigns import at

SLIPS = [
    (["status"], "there is no ledger in"),
    (
        ["why", KEY, "--unit", "STP", "--on", "2020-07-01"],
        "'dondoc open CAMPAIGN', or 'dondoc up' for a trial",
    ),
    (["record", f"{KEY}/1g/report/STP", "done", "--by", "A", "--doc", "1/BC"], "name the right folder"),
    (["contacts", "export", KEY, "list.xlsx"], "there is no ledger in"),
    (["backup", "anywhere"], "there is no ledger in"),
]
OPENED_SLIPS = [
    (["status", "--campaign", "thu-2002"], f"(open: {KEY}); did you mean '{KEY}'?"),
    (["why", KEY, "--unit", "STP", "--on", "1/7/2020"], "'1/7/2020' is no date; write 2020-07-01"),
    (["why", KEY, "--unit", "STP", "--on", "31/02/2020"], "'31/02/2020' is no date; write YYYY-MM-DD"),
    (
        ["record-bulk", KEY, "1g/report", "--by", "A", "--lines", "gone.xlsx"],
        "'gone.xlsx' is not there; check the path",
    ),
    (
        ["record-bulk", KEY, "1g/report", "--by", "A", "--lines", "gone.txt"],
        "(No such file or directory); give a UTF-8",
    ),
    (["deployments", "--prune"], "or check DONDOC_HOST and DONDOC_PREFECT_PORT"),
    (["mail", "--once"], "cannot be read (Connection refused); check DONDOC_IMAP_…"),
    (["restore", "gone"], "'gone' is no backup: there is no backup.json in it"),
    (["backup", "/proc/nowhere"], "(No such file or directory); name another folder"),
]


def commands(group: TyperGroup, path: str = "dondoc") -> Iterator[tuple[str, TyperCommand]]:
    for name, one in group.commands.items():
        if isinstance(one, TyperGroup):
            yield from commands(one, f"{path} {name}")
        else:
            assert isinstance(one, TyperCommand)
            yield f"{path} {name}", one


def whole() -> TyperGroup:
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    return group


def test_every_command_stands_under_what_people_come_for() -> None:
    shown = [name for names in PANELS.values() for name in names]
    assert len(shown) == len(set(shown))
    assert set(whole().commands) <= set(shown)


def test_every_command_and_every_option_says_what_it_is_for() -> None:
    silent = [path for path, one in commands(whole()) if not (one.help or "").strip().partition("\n")[0]]
    for path, one in commands(whole()):
        options = [
            option for option in one.params if isinstance(option, TyperOption) and option.name != "help"
        ]
        silent += [f"{path} {option.opts[0]}" for option in options if not option.help]
    assert silent == []


def test_a_decisions_options_say_how_they_are_written_and_speak_of_no_drop_down() -> None:
    helps = {
        f"{path} {option.opts[0]}": str(option.help)
        for path, one in commands(whole())
        if path.split()[:2] == ["dondoc", "decide"]
        for option in one.params
        if isinstance(option, TyperOption)
    }
    assert helps["dondoc decide hold --from-on"] == "Ngày đầu tiên tạm dừng. (YYYY-MM-DD)"
    assert helps["dondoc decide hold --unit"] == "Chỉ một đơn vị; để trống là mọi đơn vị. (STP)"
    assert "received" in helps["dondoc decide answer-unclear --kind"]
    assert not [name for name, text in helps.items() if "không chọn" in text]


@pytest.mark.parametrize(("words", "said"), SLIPS)
def test_where_there_is_no_ledger_none_is_made_and_the_way_out_is_said(
    dondoc: Dondoc, words: list[str], said: str
) -> None:
    done = dondoc(*words)
    assert (done.status, len(done.err.splitlines())) == (1, 1)
    assert said in done.err
    assert not (dondoc.home / "var").exists()


@pytest.mark.parametrize(("words", "said"), OPENED_SLIPS)
def test_a_slip_is_one_line_with_the_way_out(dondoc: Dondoc, words: list[str], said: str) -> None:
    assert dondoc("open", str(dondoc.file), "--yes").status == 0
    for port in ("DONDOC_PREFECT_PORT", "DONDOC_IMAP_PORT"):
        dondoc.patch.setenv(port, "1")  # nobody listens there
    dondoc.now = at("2020-07-02 09:00")
    done = dondoc(*words)
    assert (done.status, len(done.err.splitlines())) == (1, 1), done.err
    assert said in done.err
