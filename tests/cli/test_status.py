"""`dondoc status` tells what stands and what waits and why; `dondoc verify` tells whether the audit is whole."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import create_engine, text

from config.contacts import default_contacts
from directives.ledger.engine import begin
from directives.ledger.tables import Inbound, Mailbox
from directives.model import Contact, ContactRole
from notifications.smtp import Fate
from tests.cli.commands import KEY, Dondoc
from tests.databases import PostgresDatabases
from tests.ledger.campaigns import UNITS, Followed, Letterbox, at, box_of


@pytest.fixture
def opened(dondoc: Dondoc) -> Dondoc:
    """Opened and passed over on 30/06/2020; nothing has left yet."""
    assert dondoc("db", "upgrade").status == 0
    dondoc.followed.open("2020-06-30 07:00")
    dondoc.followed.passes("2020-06-30 07:05")
    return dondoc


def asked(dondoc: Dondoc, when: str, *words: str) -> dict[str, Any]:
    """The only campaign, of `status --json` at that time."""
    dondoc.now = at(when)
    (campaign,) = dondoc("status", "--json", *words).json["campaigns"]
    return campaign


def whys(campaign: dict[str, Any]) -> dict[str, str]:
    return {row["unit"]: row["why"] for row in campaign["waiting"]}


def delivered(followed: Followed, when: str, fates: dict[str, Fate], **post: Any) -> None:
    box = Letterbox(says=lambda address: fates.get(address, Fate.ACCEPTED))
    followed.deliver(when, box, **post)


def test_an_empty_ledger_says_how_to_begin(dondoc: Dondoc) -> None:
    assert dondoc("db", "upgrade").status == 0
    done = dondoc("status")
    assert done.status == 0
    assert "no campaign is open; run 'dondoc open CAMPAIGN' or 'dondoc up'" in done.out


def test_it_says_that_no_collector_reads_the_mailbox(opened: Dondoc) -> None:
    assert "collector: off: replies wait unread" in opened("status").out.replace("\n", " ")
    assert opened("status", "--json").json["collector"].startswith("off: ")
    opened.patch.setenv("DONDOC_COLLECTOR", "true")
    assert opened("status", "--json").json["collector"].startswith("on: ")


def test_steps_are_counted_by_status_and_sum_to_all(opened: Dondoc) -> None:
    followed = opened.followed
    followed.answer("1g/plan/STP", "done", "2020-07-01 09:00", doc_number="1/KH")
    followed.answer("1g/report/STP", "received", "2020-07-01 09:00")
    steps = asked(opened, "2020-08-03 09:00")["steps"]
    assert {status: count for status, count in steps.items() if count} == {
        "completed_on_time": 1,
        "overdue": 3,
        "in_progress": 2,
        "not_received": 7,
        "continuing": 1,
    }
    assert sum(steps.values()) == 14


def test_steps_and_mails_of_one_instruction_or_unit_are_that_ones_alone(opened: Dondoc) -> None:
    opened.followed.deliver("2020-06-30 08:00")
    of_clause = asked(opened, "2020-06-30 09:00", "--instruction", "1g")
    assert sum(of_clause["steps"].values()) == 8
    assert list(of_clause["last_passes"]) == ["1g"]
    of_unit = asked(opened, "2020-06-30 09:00", "--unit", "STP")
    assert sum(of_unit["steps"].values()) == 3
    assert of_unit["mails"] == {"accepted": 1}
    both = asked(opened, "2020-06-30 09:00", "--unit", "STP", "--instruction", "1g")
    assert [row["step"] for row in both["unit"]] == [f"{KEY}/1g/plan/STP", f"{KEY}/1g/report/STP"]


def test_a_units_steps_tell_when_each_is_looked_at_again_or_why_not(opened: Dondoc) -> None:
    opened.followed.deliver("2020-06-30 08:00")
    opened.followed.answer("1g/plan/STP", "done", "2020-07-01 09:00", doc_number="1/KH")
    (result, plan, report) = asked(opened, "2020-07-01 10:00", "--unit", "STP")["unit"]
    assert (plan["status"], plan["next_action_at"], plan["next_reason"]) == (
        "completed_on_time",
        None,
        "accepted",
    )
    assert report["next_action_at"] == "2020-07-02T07:30:00+07:00"
    assert report["due_before"] == "2020-11-10T00:00:00+07:00"
    assert result["next_reason"] == "waiting"


def test_notices_wait_for_the_next_slot(opened: Dondoc) -> None:
    campaign = asked(opened, "2020-06-30 07:30")
    assert whys(campaign) == dict.fromkeys(("SNV", "STP", "NK", "NK1", "NK2"), "waits for the next slot")
    (row,) = [row for row in campaign["waiting"] if row["unit"] == "STP"]
    assert row == {
        "unit": "STP",
        "target": "lead",
        "instructions": ["1a", "1g"],
        "state": "pending",
        "why": "waits for the next slot",
    }


def test_every_mail_that_did_not_leave_says_why(opened: Dondoc) -> None:
    fates = {
        box_of("STP"): Fate.DEFERRED,
        box_of("NK"): Fate.REFUSED,
        box_of("NK1"): Fate.UNCERTAIN,
    }
    delivered(opened.followed, "2020-06-30 08:00", fates)
    campaign = asked(opened, "2020-06-30 08:00")
    assert campaign["mails"] == {"accepted": 3, "deferred": 2, "failed": 1}
    assert campaign["perhaps_twice"] == 1
    rows = {row["unit"]: row for row in campaign["waiting"]}
    assert set(rows) == {"STP", "NK", "NK1"}
    assert (rows["STP"]["state"], rows["STP"]["why"]) == ("deferred", "content deferred")
    assert rows["STP"]["next_attempt_at"] == "2020-06-30T08:01:00+07:00"
    assert (rows["NK"]["state"], rows["NK"]["why"]) == ("failed", "content refused")
    assert (rows["NK1"]["state"], rows["NK1"]["uncertain"]) == ("deferred", 1)
    delivered(opened.followed, "2020-06-30 08:01", {box_of("NK1"): Fate.UNCERTAIN})
    rows = {row["unit"]: row for row in asked(opened, "2020-06-30 08:01")["waiting"]}
    assert (rows["NK1"]["state"], rows["NK1"]["uncertain"]) == ("deferred", 2)
    assert rows["NK1"]["next_attempt_at"] == "2020-06-30T08:16:00+07:00"


def test_a_mail_that_was_perhaps_delivered_twice_stays_counted_when_all_is_well(opened: Dondoc) -> None:
    delivered(opened.followed, "2020-06-30 08:00", {box_of("NK1"): Fate.UNCERTAIN})
    delivered(opened.followed, "2020-06-30 08:01", {})
    campaign = asked(opened, "2020-06-30 09:00")
    assert (campaign["mails"], campaign["waiting"], campaign["perhaps_twice"]) == ({"accepted": 5}, [], 1)
    assert "perhaps delivered twice: 1" in opened("status").out


def test_a_reason_is_found_by_instruction_and_by_unit(opened: Dondoc) -> None:
    contacts = [one for one in default_contacts(UNITS) if one.unit != "STP"]
    opened.followed.contacts("2020-06-30 07:10", contacts)
    opened.followed.deliver("2020-06-30 08:00")
    why = "no_address: nobody of the unit can be written to; add one with 'dondoc contacts import'"
    for words in ([], ["--instruction", "1g"], ["--unit", "STP"], ["--instruction", "1a", "--unit", "STP"]):
        assert whys(asked(opened, "2020-06-30 09:00", *words)) == {"STP": why}
    assert whys(asked(opened, "2020-06-30 09:00", "--instruction", "2")) == {}
    assert whys(asked(opened, "2020-06-30 09:00", "--unit", "NK")) == {}


def test_an_unread_mailbox_is_a_reason(opened: Dondoc) -> None:
    opened.followed.deliver("2020-06-30 08:00")
    for step in opened.followed.steps():
        opened.followed.answer(step, "received", "2020-06-30 09:00")
    with begin(opened.engine) as session:
        session.add(Mailbox(address="dondoc@dondoc.example", read_to=at("2020-07-31 12:00")))
    opened.followed.passes("2020-08-03 07:05")
    opened.followed.deliver("2020-08-03 08:00", collector=True)
    found = whys(asked(opened, "2020-08-03 09:00", "--instruction", "1g", "--unit", "STP"))
    assert found == {"STP": "mailbox_unread: waits until the mailbox was read past the deadline"}


def test_a_paused_relay_is_shown_until_when_and_why(opened: Dondoc) -> None:
    delivered(opened.followed, "2020-06-30 08:00", {box_of("SNV"): Fate.UNAVAILABLE})
    opened.now = at("2020-06-30 08:00")
    (relay,) = opened("status", "--json").json["relays"]
    assert relay == {
        "server": "letterbox",
        "paused_until": "2020-06-30T01:01:00+00:00",
        "failures": 1,
        "detail": "unavailable",
    }
    assert "relay letterbox: paused until" in opened("status").out
    opened.now = at("2020-06-30 08:01")
    assert "relay letterbox: works" in opened("status").out


def test_a_runaway_is_a_reason(opened: Dondoc) -> None:
    opened.followed.deliver("2020-06-30 08:00", max_mails_per_slot=4)
    found = whys(asked(opened, "2020-06-30 09:00"))
    assert set(found.values()) == {
        "too many mails for one slot: nothing leaves; see DONDOC_MAX_MAILS_PER_SLOT"
    }


def test_a_closed_campaign_says_so(opened: Dondoc) -> None:
    opened.followed.change("UPDATE campaigns SET closed_at = '2020-06-30 00:30:00'")
    campaign = asked(opened, "2020-06-30 09:00")
    assert campaign["closed"]
    assert set(whys(campaign).values()) == {"the campaign was closed"}


def test_the_text_names_campaign_counts_and_reasons(opened: Dondoc) -> None:
    delivered(opened.followed, "2020-06-30 08:00", {box_of("STP"): Fate.DEFERRED})
    opened.now = at("2020-06-30 08:00")
    opened.patch.setenv("COLUMNS", "200")
    text = opened("status", "--unit", "STP").out
    for words in (f"{KEY} at 2020-06-30T08:00", "3 not_received", "1 deferred", "content deferred", "1a, 1g"):
        assert words in text
    assert "1g/plan/STP" in text


def test_the_last_pass_of_each_instruction_is_told(opened: Dondoc) -> None:
    assert asked(opened, "2020-06-30 09:00")["last_passes"] == dict.fromkeys(
        ("1a", "1g", "2"), "2020-06-30T07:05:00+07:00"
    )


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--campaign", "x"], "campaign 'x' is not open in this ledger"),
        (["--instruction", "9z"], "has no instruction '9z'; see 'dondoc check"),
        (["--unit", "ABC"], "has no unit 'ABC'; see 'dondoc check"),
    ],
)
def test_an_unknown_name_is_named(opened: Dondoc, words: list[str], why: str) -> None:
    done = opened("status", *words)
    assert done.status == 1
    assert why in done.err


def test_every_command_works_on_postgresql(dondoc: Dondoc, postgres_server: PostgresDatabases) -> None:
    dondoc.use(postgres_server.fresh())
    assert "5 mails leave" in dondoc("open", str(dondoc.file), "--dry-run").out  # there is no ledger yet
    assert dondoc("db", "upgrade").status == 0
    assert "5 mails leave" in dondoc("open", str(dondoc.file), "--dry-run").out
    assert dondoc("open", str(dondoc.file), "--yes").status == 0
    followed = dondoc.followed
    followed.passes("2020-06-30 07:05")
    followed.deliver("2020-06-30 08:00")
    dondoc.now = at("2020-07-01 09:00")
    recorded = dondoc("record", f"{KEY}/1g/plan/STP", "done", "--by", "chị Lan", "--doc", "1/KH")
    assert recorded.out.endswith("the step is now completed_on_time\n")
    campaign = asked(dondoc, "2020-07-01 10:00")
    assert (campaign["mails"], campaign["steps"]["completed_on_time"]) == ({"accepted": 5}, 1)
    assert dondoc("verify").status == 0


def test_verify_finds_a_whole_chain_whole(opened: Dondoc) -> None:
    done = opened("verify")
    assert (done.status, done.out, done.err) == (
        0,
        f"{KEY}: the chain is whole, and its replay gives the same ledger\n",
        "",
    )


def test_verify_names_every_event_that_was_changed_and_fails(opened: Dondoc) -> None:
    opened.followed.change("UPDATE audit SET kind = 'x' WHERE seq IN (1, 3)")
    done = opened("verify")
    assert done.status == 1
    assert done.err.splitlines() == [
        f"dondoc: {KEY}: event 1 (x) was changed after it was written",
        f"dondoc: {KEY}: event 3 (x) was changed after it was written",
        f"dondoc: {KEY}: the steps cannot be compared: no event says what was opened",
    ]


def test_verify_names_a_step_that_is_not_as_the_events_say_and_fails(opened: Dondoc) -> None:
    opened.followed.change("UPDATE steps SET percent = 50 WHERE id = 1")
    done = opened("verify")
    assert done.status == 1
    assert (
        done.err == f"dondoc: {KEY}: step 1a/result/STP: percent is 50 in the ledger, not set by the events\n"
    )


def _answered_then(opened: Dondoc, statement: str) -> None:
    """A unit asks for more time; then somebody changes the ledger's file behind its back."""
    opened.followed.answer(
        "1g/report/STP", "extension", "2020-07-02 09:00", until="2020-11-20", reason="thiếu người", by="Lan"
    )
    opened.now = at("2020-07-02 10:00")
    engine = create_engine(opened.url)  # as sqlite3 would: without foreign keys
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_a_deleted_event_is_named_and_keeps_no_command_from_running(opened: Dondoc) -> None:
    _answered_then(opened, "DELETE FROM audit WHERE kind = 'answer.extension'")
    done = opened("verify")
    assert done.status == 1
    assert "the chain ends with event 4, but event 6 was written last" in done.err
    assert opened("status").status == 0


def test_an_event_without_its_data_is_named_and_is_no_traceback(opened: Dondoc) -> None:
    _answered_then(opened, "UPDATE audit SET data = '{}'")
    done = opened("verify")
    assert done.status == 1
    assert f"dondoc: {KEY}: event 1 (campaign.opened) was changed after it was written" in done.err
    asked = opened("status")
    assert asked.status == 1
    assert "(answer.extension) does not say 'answer'; run 'dondoc verify'" in asked.err


def test_what_waits_for_a_coordinator_is_told_with_who_when_and_what(opened: Dondoc) -> None:
    followed = opened.followed
    followed.answer(
        "1g/report/STP",
        "extension",
        "2020-07-02 09:00",
        until="2020-11-20",
        reason="thiếu người",
        by="chị Lan",
    )
    followed.answer("1g/plan/NK", "delegate", "2020-07-01 09:00", to="Sở Nội vụ", reason="không đúng việc")
    assert asked(opened, "2020-07-02 10:00")["undecided"] == [
        {
            "kind": "delegate",
            "at": "2020-07-01T09:00:00+07:00",
            "unit": "NK",
            "step": f"{KEY}/1g/plan/NK",
            "said": ["Sở Nội vụ", "không đúng việc"],
            "to": "SNV",
        },
        {
            "kind": "extension",
            "at": "2020-07-02T09:00:00+07:00",
            "unit": "STP",
            "step": f"{KEY}/1g/report/STP",
            "said": ["chị Lan", "thiếu người"],
            "until": "2020-11-20",
        },
    ]
    (of_unit,) = asked(opened, "2020-07-02 10:00", "--unit", "STP")["undecided"]
    assert of_unit["kind"] == "extension"
    (of_clause,) = asked(opened, "2020-07-02 10:00", "--unit", "NK", "--instruction", "1g")["undecided"]
    assert of_clause["kind"] == "delegate"
    assert asked(opened, "2020-07-02 10:00", "--instruction", "1a")["undecided"] == []
    shown = opened("status").out
    assert "waits for a coordinator" in shown
    assert "1g/report/STP" in shown
    assert "chị Lan · thiếu người" in shown


def test_what_a_unit_writes_is_shown_as_it_stands_even_if_it_looks_like_markup(opened: Dondoc) -> None:
    opened.followed.answer(
        "1g/report/STP", "extension", "2020-07-02 09:00", until="2020-11-20", reason="mục [/1] [bold]gấp :x:"
    )
    opened.now = at("2020-07-02 10:00")
    done = opened("status")
    assert done.status == 0
    assert "mục [/1] [bold]gấp :x:" in " ".join(done.out.split())


def test_a_queued_mail_that_answers_nothing_known_is_told_beside_the_campaigns(opened: Dondoc) -> None:
    with begin(opened.engine) as session:
        when = at("2020-07-02 09:00")
        session.add(
            Inbound(
                sha256="ab",
                arrived_at=when,
                stored_at=when,
                state="queued",
                sender="la@x.example",
                reason="lạ",
            )
        )
    (mail,) = opened("status", "--json").json["strangers"]
    assert (mail["kind"], mail["said"], mail["mail"]) == ("mail", ["la@x.example", "lạ"], "ab")
    assert "mails that answer nothing known" in opened("status").out


def test_the_deputy_who_has_a_step_is_told_with_it(dondoc: Dondoc) -> None:
    assert dondoc("db", "upgrade").status == 0
    ha = Contact(unit="STP", role=ContactRole.DEPUTY, name="Trần Thị Hà", address="ha.stp@cantho.example")
    dondoc.followed.open("2020-06-30 07:00", contacts=[*default_contacts(UNITS), ha])
    dondoc.followed.answer("1g/plan/STP", "delegate", "2020-06-30 09:00", to="Trần Thị Hà", reason="đi vắng")
    campaign = asked(dondoc, "2020-06-30 09:00", "--unit", "STP")
    assert {row["step"]: row.get("deputy") for row in campaign["unit"]} == {
        f"{KEY}/1a/result/STP": None,
        f"{KEY}/1g/plan/STP": ha.address,
        f"{KEY}/1g/report/STP": None,
    }
    assert [row["target"] for row in campaign["waiting"]] == [f"passed_on {ha.address}"]
    assert campaign["undecided"] == []


def test_words_of_units_move_no_cursor_and_turn_no_line_round(dondoc: Dondoc) -> None:
    assert dondoc("open", str(dondoc.file), "--yes").status == 0
    dondoc.followed.live("2020-06-30")
    asked = {"text": "gửi\x1b[2J \x9b31m\u202eđâu?", "by": "ông\x07 Ba"}
    dondoc.followed.answer("1g/plan/NK", "question", "2020-07-01 10:00", **asked)
    dondoc.now = at("2020-07-01 11:00")
    shown = dondoc("status").out
    assert "ông Ba" in shown
    assert not set("\x1b\x9b\u202e\x07") & set(shown)
