"""What `dondoc simulate` shows of the small campaign: each mail and why, one rendered, the picture, warnings, comparisons."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from cli import simulate as simulate_command
from tests.cli.commands import KEY, Dondoc, Done
from tests.ledger.campaigns import a_campaign, spec

LADDER = """\
ladder: quiet
title: Chỉ giao việc và nhắc khi quá hạn
rungs:
  - key: assigned
    at_assignment: true
  - key: overdue-5
    after: {working_days: 5}
    to: [lead, superior]
"""
LISTENING = "seed: 3\nreceived: 1\nreported: 0\nprompted: 0.6\n"


@pytest.fixture
def simulate(dondoc: Dondoc) -> Any:
    def run(*words: str) -> Done:
        done = dondoc("simulate", str(dondoc.file), *words)
        assert done.status == 0, done.err
        return done

    return run


def written(dondoc: Dondoc, name: str, text: str) -> str:
    file = dondoc.home / name
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_every_mail_is_listed_with_when_to_whom_and_why_and_kept_on_demand(
    simulate: Any, tmp_path: Path
) -> None:
    folder, picture = tmp_path / "mails", tmp_path / "load.png"
    out = simulate("--until", "2020-08-15", "--mails", "--render", str(folder), "--picture", str(picture)).out
    lines = [line.split() for line in out.splitlines() if "@" in line]
    assert lines[0][:6] == ["1", "30/06/2020", "08:00", "STP", "lead", "van-thu.stp@cantho.example"]
    stp = [line for line in lines if line[3] == "STP"]
    assert " ".join(stp[0][6:]) == "assigned: 1g/plan, 1g/report"
    assert {line[6] for line in stp} >= {"assigned:", "no-receipt:", "before-7:", "before-1:", "overdue-1:"}
    districts = [" ".join(line[6:]) for line in lines if line[3:5] == ["NK", "superior"]]
    assert districts[0] == "overdue-3: 2 steps of 2 units"
    files = sorted(folder.iterdir())
    assert [int(file.name[:4]) for file in files] == [int(line[0]) for line in lines]
    first = message_from_bytes(files[0].read_bytes(), policy=policy.default)
    assert str(first["To"]).endswith("<van-thu.stp@cantho.example>")
    assert f"{len(lines)} mails; steps at the end:" in out
    with Image.open(picture) as png:
        assert png.format == "PNG" and png.size[0] == 2 * 690


def test_one_mail_is_shown_as_its_reader_sees_it(simulate: Any) -> None:
    out = simulate("--until", "2020-06-30", "--show", "1").out
    assert out.startswith("30/06/2020 08:00  STP  van-thu.stp@cantho.example\nSubject: ")
    assert "Kính gửi" in out and "Kế hoạch năm 2020" in out


def test_of_one_unit_only_its_mails_are_listed(simulate: Any) -> None:
    out = simulate("--until", "2020-07-03", "--unit", "NK1").out
    assert {line.split()[3] for line in out.splitlines() if "@" in line} == {"NK1"}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--unit", "STX"), "'STX' is no unit of the campaign; did you mean 'STP'?"),
        (("--until", "2020-06-30", "--show", "99"), "there is no mail 99; they are numbered 1 to 5"),
        (("--compare",), "--compare needs --ladder, another ladder, or --answers-of, an earlier campaign"),
        (("--answers-of", "nam-truoc"), "campaign 'nam-truoc' is not open in this ledger"),
    ],
)
def test_what_cannot_be_shown_is_one_line(dondoc: Dondoc, words: tuple[str, ...], says: str) -> None:
    done = dondoc("simulate", str(dondoc.file), *words)
    assert done.status == 1
    assert done.err.startswith(f"dondoc: {says}")


def test_ops_are_warned_before_anybody_gets_a_mail(
    dondoc: Dondoc, simulate: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    dondoc.edit(lambda data: spec(data, "1g/plan").update(due={"by": "2020-10-02"}))
    rows = ["unit,role,name,address,valid_to", "STP,lead,Ông An,an@stp.example,2020-07-31"]
    rows += [f"{unit},lead,Bà,ba@{unit.lower()}.example," for unit in ("SNV", "NK", "NK1")]
    monkeypatch.setenv("DONDOC_CONTACTS", written(dondoc, "contacts.csv", "\n".join(rows)))
    warned = simulate("--until", "2020-10-12", "--busy", "2", "--json").json["warnings"]
    texts = {kind: [one["text"] for one in warned if one["kind"] == kind] for kind in _kinds(warned)}
    assert texts["no_address"] == [
        "no address, so no mail reaches: STP; add them to the file DONDOC_CONTACTS names"
    ]
    assert "NK2" in texts["placeholder"][0]
    assert (
        "rung before-30 of 4 steps due Fri 02/10/2020 falls on Wed 02/09/2020, a holiday; "
        "it leaves on Thu 03/09/2020" in texts["day_off"]
    )
    assert re.match(
        r"NK gets \d mails in the week of \d\d/\d\d/2020, and 2 or more in \d other weeks",
        next(one for one in texts["busy_week"] if one.startswith("NK ")),
    )
    assert texts["unreminded"] == ["nobody is ever reminded of what has no deadline: 2/monitoring/SNV"]


def _kinds(warned: list[dict[str, str]]) -> set[str]:
    return {one["kind"] for one in warned}


def test_a_unit_that_nobody_can_write_to_is_never_reminded(
    dondoc: Dondoc, simulate: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = ["unit,role,name,address,valid_to", "STP,lead,Ông An,an@stp.example,2020-06-01"]
    monkeypatch.setenv("DONDOC_CONTACTS", written(dondoc, "contacts.csv", "\n".join(rows)))
    warned = simulate("--until", "2020-07-02", "--json").json["warnings"]
    (text,) = [one["text"] for one in warned if "no_address" in one["text"]]
    assert text == "nobody is reminded of 1g/plan/STP, 1g/report/STP (no_address; 2 in all)"


def test_two_ladders_stand_side_by_side_and_reminders_that_never_leave_cost_late_units(
    dondoc: Dondoc, simulate: Any
) -> None:
    words = ("--answers", written(dondoc, "behaviour.yaml", LISTENING), "--until", "2020-08-20", "--compare")
    words += ("--ladder", written(dondoc, "quiet.yaml", LADDER))
    before, after = simulate(*words, "--json").json["compared"]
    assert (before["label"], after["label"]) == ("ladder standard", "ladder quiet")
    assert before["mails"]["total"] > after["mails"]["total"]
    assert len(before["late_units"]) < len(after["late_units"]) == 4
    out = simulate(*words).out
    assert "ladder standard" in out and "ladder quiet" in out and "late units" in out
    assert "late only with ladder quiet: " in out


def test_an_earlier_campaigns_answers_come_in_again_as_far_from_their_deadline(
    dondoc: Dondoc, simulate: Any
) -> None:
    dondoc("db", "upgrade")
    last_year = a_campaign(dondoc.engine)
    last_year.answer("1g/plan/STP", "received", "2020-07-01 09:00")
    last_year.answer("1g/plan/STP", "done", "2020-07-30 10:00", doc_number="7/KH-STP")
    last_year.answer("1g/plan/NK1", "done", "2020-08-05 10:00", doc_number="8/KH-NK1")
    dondoc.edit(_next_year)
    file = dondoc.file.rename(dondoc.file.with_name("thu-2021.yaml"))
    done = dondoc("simulate", str(file), "--answers-of", KEY, "--compare", "--until", "2021-08-20", "--json")
    assert done.status == 0, done.err
    silence, again = done.json["compared"]
    assert silence["label"] == "silence" and again["label"] == f"answers of {KEY}"
    assert len(silence["late_units"]) == 4
    assert again["late_units"] == ["NK", "NK1", "NK2"]  # NK1 three working days late, as then
    assert again["mails"]["total"] < silence["mails"]["total"]


def test_wards_that_were_merged_since_answer_as_the_last_of_them(dondoc: Dondoc) -> None:
    """Both wards are one in the new organisation, whose codes are given anew."""
    dondoc("db", "upgrade")
    last_year = a_campaign(dondoc.engine)
    last_year.answer("1g/plan/NK1", "done", "2020-07-29 10:00", doc_number="7/KH")
    last_year.answer("1g/plan/NK2", "done", "2020-08-05 10:00", doc_number="8/KH")
    root = dondoc.home / "config"
    units = (root / "units" / "thu-2020.csv").read_text(encoding="utf-8").splitlines()
    merged = [*units[:-2], "NK1,Phường An Cái,ward,NK,,,high"]
    (root / "units" / "thu-2021.csv").write_text("\n".join(merged), encoding="utf-8")
    (root / "crosswalks").mkdir()
    (root / "crosswalks" / "thu-2021.csv").write_text(
        "old_code,old_name,new_code,new_name,share\n"
        "NK1,Phường An Hòa,NK1,Phường An Cái,whole\n"
        "NK2,Phường Cái Khế,NK1,Phường An Cái,part-main\n",
        encoding="utf-8",
    )
    dondoc.edit(_next_year, lambda data: data.update(organisation="thu-2021"), _one_ward)
    file = dondoc.file.rename(dondoc.file.with_name("thu-2021.yaml"))
    done = dondoc("simulate", str(file), "--answers-of", KEY, "--until", "2021-08-20", "--json")
    assert done.status == 0, done.err
    assert (
        "units made of several: 1 (NK1); each answers as the one of them that reported last, or never"
        in done.err
    )
    assert "NK1" in done.json["late"]  # three working days, as NK2 then
    assert done.json["counts"]["completed_late"] == 1


def _one_ward(data: dict[str, Any]) -> None:
    data["audiences"]["communes"] = ["NK1"]


def _next_year(data: dict[str, Any]) -> None:
    data.update(campaign="thu-2021", title="Đợt thử 2021", opens="2021-06-30")
    data["directive"].update(issued="2021-06-30")
    for instruction in data["instructions"]:
        for step in instruction["steps"]:
            if "due" in step:
                step["due"] = {key: day.replace("2020", "2021") for key, day in step["due"].items()}


def test_a_mistake_in_a_behaviour_is_a_line_with_its_field(dondoc: Dondoc) -> None:
    text = """\
seed: 1
received: 2
reported: 0.8
exceptions:
  - {units: [STX], late: 0.5}
  - {kinds: [warden], never: true}
  - {never: true}
  - {units: [STP]}
  - {steps: [1g/raport], extentions: 0.5}
"""
    file = written(dondoc, "behaviour.yaml", text)
    done = dondoc("simulate", str(dondoc.file), "--answers", file)
    assert done.status == 2
    said = [line.removeprefix(f"{file}:") for line in done.err.splitlines()]
    assert said == [
        "2 received: must be at most 1.0, not 2",
        "6 exceptions[1].kinds[0]: 'warden' is not one of them; did you mean 'ward'?",
        "7 exceptions[2]: names nobody; add 'kinds', 'units' or 'steps'",
        "8 exceptions[3]: changes nothing; add 'never: true' or a share such as 'reported: 0.3'",
        "9 exceptions[4].extentions: is no field here; did you mean 'extensions'?",
    ]
    file = written(
        dondoc, "behaviour.yaml", text.replace("received: 2", "received: 1").rpartition("  - {kinds")[0]
    )
    done = dondoc("simulate", str(dondoc.file), "--answers", file)
    assert [line.removeprefix(f"{file}:") for line in done.err.splitlines()] == [
        "5 exceptions[0]: together with the usual shares, 'reported' and 'late' are shares of the same steps and sum "
        "to more than 1; lower one",
        "5 exceptions[0].units[0]: 'STX' is no unit of the campaign; did you mean 'STP'?",
    ]


def test_an_unknown_behaviour_or_ladder_is_named_with_the_nearest(dondoc: Dondoc) -> None:
    done = dondoc("simulate", str(dondoc.file), "--ladder", "standart")
    assert done.status == 2
    assert "there is no 'standart'; did you mean 'standard'?" in done.err
    done = dondoc("simulate", str(dondoc.file), "--answers", "dan-van")
    assert "there is no 'dan-van'; did you mean 'dan-van-kheo-2020'?" in done.err


@pytest.mark.parametrize(
    ("option", "place", "said"),
    [
        ("--picture", "gone/load.png", "there is no folder {}/gone for --picture; make it, or name another"),
        ("--render", "a-file", "{}/a-file cannot be made (File exists); name another folder with --render"),
    ],
)
def test_a_place_that_cannot_be_written_is_said_before_the_year_is_lived(
    dondoc: Dondoc, monkeypatch: pytest.MonkeyPatch, option: str, place: str, said: str
) -> None:
    monkeypatch.setattr(simulate_command, "lived", None)
    written(dondoc, "a-file", "")
    done = dondoc("simulate", str(dondoc.file), option, str(dondoc.home / place))
    assert (done.status, done.err) == (1, f"dondoc: {said.format(dondoc.home)}\n")
