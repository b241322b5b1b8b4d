"""`dondoc open` shows what will leave before it writes, and writes only what was confirmed."""

from __future__ import annotations

from typing import Any

import pytest

from directives.ledger.engine import is_current, migrate
from tests.cli.commands import KEY, Dondoc
from tests.ledger.campaigns import at, box_of, content, spec


def reports_by_twelfth(data: dict[str, Any]) -> None:
    spec(data, "1g/report").update(due={"before": "2020-11-12"})


def without_nk2(data: dict[str, Any]) -> None:
    data["audiences"]["communes"].remove("NK2")


@pytest.fixture
def opened(dondoc: Dondoc) -> Dondoc:
    assert dondoc("open", str(dondoc.file), "--yes").status == 0
    return dondoc


def test_opening_shows_who_gets_mail_at_the_next_slot_and_waits_for_a_yes(dondoc: Dondoc) -> None:
    done = dondoc("open", str(dondoc.file), say="y\n")
    assert done.status == 0
    assert "At the next slot, 30/06/2020 08:00, 5 mails leave:" in done.out
    for unit in ("SNV", "STP", "NK", "NK1", "NK2"):
        assert box_of(unit) in done.out
    assert box_of("UBND") not in done.out
    assert done.out.rstrip().endswith(f"{KEY}: 14 steps written")
    assert len(dondoc.followed.steps()) == 14


def test_what_it_shows_is_what_then_leaves(dondoc: Dondoc) -> None:
    done = dondoc("open", str(dondoc.file), "--yes")
    followed = dondoc.followed
    followed.passes("2020-06-30 07:05")
    followed.deliver("2020-06-30 08:00")
    shown = {word for word in done.out.split() if "@" in word}
    assert shown == {one.to for one in followed.letters()}


def test_a_no_writes_nothing(dondoc: Dondoc) -> None:
    done = dondoc("open", str(dondoc.file), say="n\n")
    assert done.status == 1
    assert done.err == "dondoc: not confirmed; nothing written\n"
    assert not any(content(dondoc.engine).values())


def test_no_answer_at_all_writes_nothing(dondoc: Dondoc) -> None:
    assert dondoc("open", str(dondoc.file)).status == 1
    assert not any(content(dondoc.engine).values())


def test_a_dry_run_shows_the_same_and_writes_nothing(dondoc: Dondoc) -> None:
    done = dondoc("open", str(dondoc.file), "--dry-run")
    assert done.status == 0
    assert "5 mails leave:" in done.out
    assert done.out.endswith("nothing written (--dry-run)\n")
    assert not (dondoc.home / "var" / "ledger.db").exists()


def test_opening_again_writes_nothing_and_says_so(opened: Dondoc) -> None:
    before = content(opened.engine)
    opened.now = at("2020-07-10 09:00")
    done = opened("open", str(opened.file))
    assert done.out == f"{KEY} is open already and nothing has changed; nothing written\n"
    assert content(opened.engine) == before


def test_a_changed_file_shows_the_difference_and_what_leaves_and_asks(opened: Dondoc) -> None:
    opened.followed.live("2020-06-30", "2020-07-02")
    before = content(opened.engine)
    opened.edit(reports_by_twelfth)
    opened.now = at("2020-10-13 09:00")  # thirty days before 11/11 is today
    done = opened("open", str(opened.file), say="n\n")
    assert done.status == 1
    assert "campaign.instructions[1g].steps[report].due.before: 2020-11-10 → 2020-11-12" in done.out
    assert "Take the change over?" in done.out
    assert "At the next slot, 14/10/2020 08:00," in done.out
    assert box_of("STP") in done.out
    assert content(opened.engine) == before


def test_a_confirmed_change_is_taken_over(opened: Dondoc) -> None:
    opened.edit(reports_by_twelfth, without_nk2)
    assert opened("open", str(opened.file), say="y\n").status == 0
    followed = opened.followed
    assert followed.step("1g/report/STP").deadline_number == 2
    assert followed.step("1g/plan/NK2").waived_at is not None
    assert followed.broken() == []


def test_a_dry_run_of_a_change_writes_nothing(opened: Dondoc) -> None:
    before = content(opened.engine)
    opened.edit(reports_by_twelfth)
    done = opened("open", str(opened.file), "--dry-run")
    assert "2020-11-10 → 2020-11-12" in done.out
    assert content(opened.engine) == before


def test_an_edited_file_changes_nothing_in_the_passes_until_it_is_opened_again(opened: Dondoc) -> None:
    opened.followed.live("2020-06-30", "2020-07-02")
    opened.edit(lambda data: spec(data, "1g/report").update(due={"before": "2020-07-10"}), without_nk2)
    opened.file.with_name("vn.yaml").write_text("nothing of use")
    followed = opened.followed
    assert followed.passes("2020-07-09 07:05").notices == 0
    assert followed.step("1g/report/STP").next_action_at == at("2020-10-12 07:30")


def test_a_dry_run_does_not_bring_an_older_ledger_up_to_date(dondoc: Dondoc) -> None:
    (dondoc.home / "var").mkdir()
    migrate(dondoc.engine, "0001")
    done = dondoc("open", str(dondoc.file), "--dry-run")
    assert done.status == 1
    assert "is of an earlier version; run 'dondoc db upgrade' before a dry run" in done.err
    assert not is_current(dondoc.engine)


def test_a_late_opening_shows_one_mail_to_each_unit_and_none_to_those_above(dondoc: Dondoc) -> None:
    dondoc.now = at("2020-12-01 09:00")
    done = dondoc("open", str(dondoc.file), "--dry-run")
    assert "At the next slot, 02/12/2020 08:00, 5 mails leave:" in done.out
    assert "Every deadline lies in the past" in done.out


def test_an_opening_in_time_speaks_of_no_past(dondoc: Dondoc) -> None:
    assert "past" not in dondoc("open", str(dondoc.file), "--dry-run").out


def test_missing_addresses_are_named_with_where_to_put_them(dondoc: Dondoc) -> None:
    contacts = dondoc.home / "contacts.csv"
    contacts.write_text(
        "unit,role,address,valid_to\nSTP,lead,cu@stp.vn.example,2020-01-31\nNK,lead,q@nk.vn.example,\n",
        encoding="utf-8",
    )
    dondoc.patch.setenv("DONDOC_CONTACTS", str(contacts))
    done = dondoc("open", str(dondoc.file), "--dry-run")
    assert "4 mails leave:" in done.out
    assert "q@nk.vn.example" in done.out
    assert "No address: STP; add them: see 'dondoc contacts --help'" in done.out


def test_reserved_addresses_a_redirection_and_a_limit_that_would_stop_all_are_said(dondoc: Dondoc) -> None:
    dondoc.patch.setenv("DONDOC_REDIRECT_TO", "thu@dondoc.example")
    dondoc.patch.setenv("DONDOC_MAX_MAILS_PER_SLOT", "4")
    done = dondoc("open", str(dondoc.file), "--dry-run")
    assert "real ones come from DONDOC_CONTACTS" in done.out
    assert "DONDOC_REDIRECT_TO: everything goes to thu@dondoc.example" in done.out
    assert "More than DONDOC_MAX_MAILS_PER_SLOT=4: nothing would leave" in done.out


def test_bad_input_is_shown_whole_with_status_2_and_nothing_is_written(dondoc: Dondoc) -> None:
    dondoc.edit(lambda data: spec(data, "1g/report").update(covered_by="9z/report", audience=["STQ"]))
    done = dondoc("open", str(dondoc.file), "--yes")
    assert done.status == 2
    assert len(done.err.splitlines()) >= 2
    assert not (dondoc.home / "var" / "ledger.db").exists()


def test_a_ledger_that_holds_it_as_a_rehearsal_is_named(dondoc: Dondoc) -> None:
    assert dondoc("db", "upgrade").out == "the ledger is up to date\n"
    dondoc.followed.open("2020-06-30 07:00", rehearsal=True)
    done = dondoc("open", str(dondoc.file), "--yes")
    assert done.status == 1
    assert "as a rehearsal; use another DONDOC_HOME" in done.err
