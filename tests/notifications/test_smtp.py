"""What the sender concludes from what a server says, or from its silence, on a loopback socket."""

import asyncio
from contextlib import suppress
from typing import Self

import pytest

from notifications.relay import Relay
from notifications.smtp import Fate, Outcome, Phase, SmtpConnection

RAW = b"Subject: x\r\n\r\n.a line that starts with a dot\r\n"
DROP, HANG, LATE = "drop", "hang", "late"  # close; say nothing until released; say 250 after half a second
SAY = {
    "greeting": "220 stage", "EHLO": "250-stage\r\n250 AUTH LOGIN PLAIN", "AUTH": "235 ok", "MAIL": "250 ok",
    "RCPT": "250 ok", "DATA": "354 go", "inside": "", "content": "250 ok", "RSET": "250 ok",
    "QUIT": "221 bye",
}  # fmt: skip


class Stage:
    """A server that says what it is told: an answer, answers in turn (the last stays), or one of those."""

    def __init__(self, **say: str | list[str]) -> None:
        self.say = {**SAY, **say}
        self.connections, self.heard, self.mails = 0, list[str](), list[bytes]()
        self.pause = 0.0  # seconds between two reads of the content
        self.released, self.gone = asyncio.Event(), asyncio.Event()
        self.actors = set[asyncio.Task[None]]()

    async def __aenter__(self) -> Self:
        self.server = await asyncio.start_server(self.play, "127.0.0.1", 0, limit=2**16)
        self.port: int = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.server.close()
        for actor in self.actors:
            actor.cancel()
        await asyncio.gather(*self.actors, return_exceptions=True)

    async def play(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.actors.add(task)
        self.connections += 1
        try:
            await self.answer("greeting", writer)
            while line := await reader.readline():
                self.heard.append(line.decode().strip())
                verb = self.heard[-1].split()[0]
                if (await self.answer(verb, writer)).startswith("354"):
                    begun = await reader.read(5)
                    await self.answer("inside", writer)
                    self.mails.append(await self.content(begun, reader))
                    await self.answer("content", writer)
        except (ConnectionError, asyncio.CancelledError):  # streams log a cancelled actor as an error
            pass
        finally:
            self.gone.set()
            writer.close()

    async def content(self, begun: bytes, reader: asyncio.StreamReader) -> bytes:
        got = bytearray(begun)
        while not got.endswith(b"\r\n.\r\n"):
            chunk = await reader.read(2**16)
            if not chunk:
                raise ConnectionError
            got += chunk
            await asyncio.sleep(self.pause)
        return bytes(got)

    async def answer(self, step: str, writer: asyncio.StreamWriter) -> str:
        answer = self.say[step]
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if answer == DROP:
            raise ConnectionError
        if answer == HANG:
            await self.released.wait()
            answer = ""
        if answer == LATE:
            await asyncio.sleep(0.5)
            answer = "250 ok"
        writer.write(f"{answer}\r\n".encode("utf-8", "surrogateescape") if answer else b"")
        return answer


def play(stage: Stage, mails: int = 1, **relay: object) -> list[Outcome]:
    async def scene() -> list[Outcome]:
        settings = {"host": "127.0.0.1", "timeout": 0.2, **relay}
        async with stage, SmtpConnection(Relay(port=stage.port, **settings)) as line:  # type: ignore[arg-type]
            return [await line.send("dondoc@a.vn", "caikhe@b.vn", RAW) for _ in range(mails)]

    return asyncio.run(asyncio.wait_for(scene(), 5))


def fates(outcomes: list[Outcome]) -> list[tuple[Fate, Phase, int | None]]:
    return [(outcome.fate, outcome.phase, outcome.code) for outcome in outcomes]


def test_three_messages_are_accepted_on_one_connection_with_their_dots_kept() -> None:
    stage = Stage()
    assert fates(play(stage, mails=3)) == [(Fate.ACCEPTED, Phase.CONTENT, 250)] * 3
    assert stage.connections == 1
    assert stage.mails == [RAW.replace(b".a", b"..a") + b".\r\n"] * 3
    assert stage.heard[:3] == ["EHLO [127.0.0.1]", "MAIL FROM:<dondoc@a.vn>", "RCPT TO:<caikhe@b.vn>"]
    assert stage.heard[-1] == "QUIT"


def test_bare_line_ends_cannot_end_a_message_early() -> None:
    async def scene(stage: Stage) -> Outcome:
        async with stage, SmtpConnection(Relay("127.0.0.1", stage.port, timeout=0.2)) as line:
            return await line.send("", "caikhe@b.vn", b".\n.\r.a\r\n.")

    stage = Stage()
    assert asyncio.run(scene(stage)).fate is Fate.ACCEPTED
    assert stage.mails == [b"..\r\n..\r\n..a\r\n..\r\n.\r\n"]


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "content"])
@pytest.mark.parametrize(("code", "fate"), [(450, Fate.DEFERRED), (452, Fate.DEFERRED), (550, Fate.REFUSED)])
def test_a_no_to_one_message_is_its_own_and_the_next_goes_out_on_the_same_connection(
    step: str, code: int, fate: Fate
) -> None:
    stage = Stage(**{step: [f"{code} 5.1.1 no", SAY[step]]})
    assert fates(play(stage, mails=2)) == [
        (fate, Phase(step.lower()), code),
        (Fate.ACCEPTED, Phase.CONTENT, 250),
    ]
    assert stage.connections == 1
    assert "RSET" in stage.heard


@pytest.mark.parametrize(
    ("step", "phase"),
    [("greeting", "connect"), ("EHLO", "ehlo"), ("AUTH", "auth"), ("MAIL", "mail"), ("RCPT", "rcpt")]
    + [("DATA", "data"), ("content", "content")],
)
def test_a_421_at_any_phase_makes_the_relay_unavailable(step: str, phase: str) -> None:
    (outcome,) = play(Stage(**{step: "421 4.3.2 closing"}), username="a", password="secret")
    assert outcome == Outcome(Fate.UNAVAILABLE, Phase(phase), 421, "421 4.3.2 closing")


@pytest.mark.parametrize("trouble", [DROP, HANG, "nonsense", "999 what"])
@pytest.mark.parametrize(
    ("step", "phase"),
    [
        ("greeting", "connect"),
        ("EHLO", "ehlo"),
        ("AUTH", "auth"),
        ("MAIL", "mail"),
        ("RCPT", "rcpt"),
        ("DATA", "data"),
    ],
)
def test_a_line_lost_before_the_content_means_nothing_was_handed_over(
    step: str, phase: str, trouble: str
) -> None:
    stage = Stage(**{step: trouble})
    (outcome,) = play(stage, username="a", password="secret")
    assert (outcome.fate, outcome.phase) == (Fate.UNAVAILABLE, Phase(phase))
    assert stage.mails == []


@pytest.mark.parametrize("trouble", [DROP, HANG])
def test_a_line_lost_inside_the_content_is_uncertain(trouble: str) -> None:
    assert fates(play(Stage(inside=trouble))) == [(Fate.UNCERTAIN, Phase.CONTENT, None)]


@pytest.mark.parametrize("trouble", [DROP, HANG, "nonsense"])
def test_a_line_lost_after_the_final_dot_is_uncertain(trouble: str) -> None:
    stage = Stage(content=trouble)
    assert fates(play(stage)) == [(Fate.UNCERTAIN, Phase.CONTENT, None)]
    assert len(stage.mails) == 1


def test_a_second_answer_to_data_is_not_taken_for_the_answer_to_the_content() -> None:
    stage = Stage(DATA="354 go\r\n250 stray", content="550 refused")
    assert fates(play(stage)) == [(Fate.UNAVAILABLE, Phase.DATA, None)]


def test_the_next_message_after_an_uncertain_one_takes_a_new_connection_and_its_own_answer() -> None:
    stage = Stage(content=[HANG, "250 ok"])
    assert [outcome.fate for outcome in play(stage, mails=2)] == [Fate.UNCERTAIN, Fate.ACCEPTED]
    assert stage.connections == 2


def test_the_answer_to_the_final_dot_may_take_longer_than_the_others() -> None:
    assert [o.fate for o in play(Stage(content=LATE), final_timeout=2.0)] == [Fate.ACCEPTED]


@pytest.mark.parametrize("end", [DROP, HANG, "421 4.4.2 idle too long"])
def test_a_worn_out_connection_is_replaced_once_and_the_message_goes_out(end: str) -> None:
    stage = Stage(MAIL=["250 ok", end, "250 ok"])
    assert [outcome.fate for outcome in play(stage, mails=2)] == [Fate.ACCEPTED] * 2
    assert stage.connections == 2


def test_a_relay_that_stays_away_after_a_worn_out_connection_is_unavailable() -> None:
    stage = Stage(MAIL=["250 ok", "421 busy"])
    assert fates(play(stage, mails=2))[1] == (Fate.UNAVAILABLE, Phase.MAIL, 421)
    assert stage.connections == 2


def test_a_refused_reset_costs_a_new_connection_and_not_the_message() -> None:
    stage = Stage(RCPT=["550 no", "250 ok"], RSET="502 never heard of it")
    assert [outcome.fate for outcome in play(stage, mails=2)] == [Fate.REFUSED, Fate.ACCEPTED]
    assert stage.connections == 2


@pytest.mark.parametrize(
    ("greeting", "code"), [("554 5.7.1 your address is blocked", 554), ("554-no\r\n554 no", 554)]
)
def test_a_greeting_that_turns_us_away_makes_the_relay_unavailable(greeting: str, code: int) -> None:
    assert fates(play(Stage(greeting=greeting))) == [(Fate.UNAVAILABLE, Phase.CONNECT, code)]


def test_a_closed_port_makes_the_relay_unavailable() -> None:
    async def scene() -> Outcome:
        async with Stage() as stage:
            pass
        async with SmtpConnection(Relay("127.0.0.1", stage.port)) as line:
            return await line.send("", "caikhe@b.vn", RAW)

    outcome = asyncio.run(scene())
    assert (outcome.fate, outcome.phase, outcome.code) == (Fate.UNAVAILABLE, Phase.CONNECT, None)
    assert "refused" in outcome.detail.lower() or "connect" in outcome.detail.lower()


def test_mail_without_the_authentication_a_relay_requires_blames_the_relay_and_not_the_message() -> None:
    assert fates(play(Stage(MAIL="530 5.7.0 authenticate first"))) == [(Fate.UNAVAILABLE, Phase.MAIL, 530)]


def test_the_detail_is_one_storable_line_whatever_the_server_says() -> None:
    (outcome,) = play(Stage(RCPT="550-t\xf4i \udcff\x1b[31m\r\n550-không\r\n550 " + "x" * 900))
    assert outcome.detail.isprintable()
    assert outcome.detail.startswith("550 tôi \ufffd [31m không xxx")
    assert len(outcome.detail.encode("utf-8")) < 999


def test_cancelling_closes_the_socket_before_the_rest_of_the_message_leaves() -> None:
    async def scene() -> Stage:
        stage = Stage(inside=HANG)  # reads no further, so most of the message waits in our buffer
        async with stage, SmtpConnection(Relay("127.0.0.1", stage.port)) as line:
            sending = asyncio.create_task(line.send("", "caikhe@b.vn", b"x\r\n" * 8_000_000))
            while "DATA" not in stage.heard:
                await asyncio.sleep(0.01)
            sending.cancel()
            with suppress(asyncio.CancelledError):
                await sending
            stage.released.set()
            await asyncio.wait_for(stage.gone.wait(), 3)
        return stage

    assert asyncio.run(scene()).mails == []


def test_a_relay_that_reads_slowly_is_given_time_as_long_as_it_reads() -> None:
    async def scene() -> Outcome:
        stage = Stage()
        stage.pause = 0.004
        async with (
            stage,
            SmtpConnection(Relay("127.0.0.1", stage.port, timeout=0.3, final_timeout=5)) as line,
        ):
            return await line.send("", "caikhe@b.vn", b"x" * 70 + b"\r\n" + b"y\r\n" * 8_000_000)

    assert asyncio.run(scene()).fate is Fate.ACCEPTED


def test_leaving_after_an_error_closes_the_socket_without_waiting_for_goodbye() -> None:
    async def scene() -> Stage:
        async with Stage(QUIT=HANG) as stage:
            with suppress(LookupError):
                async with SmtpConnection(Relay("127.0.0.1", stage.port)) as line:
                    await line.send("", "caikhe@b.vn", RAW)
                    raise LookupError
            await asyncio.wait_for(stage.gone.wait(), 1)
        return stage

    assert "QUIT" not in asyncio.run(scene()).heard


@pytest.mark.parametrize(
    ("sender", "recipient", "raw"),
    [
        ("a@b.vn", "", RAW),
        ("a b", "c@d.vn", RAW),
        ("a@b.vn", "c@d.vn>\r\nDATA", RAW),
        ("", "c@d.vn", "ế".encode()),
    ],
)
def test_what_no_server_should_see_is_the_callers_error(sender: str, recipient: str, raw: bytes) -> None:
    with pytest.raises(ValueError, match="MAIL FROM|RCPT TO|7-bit"):
        asyncio.run(SmtpConnection(Relay("127.0.0.1", 25)).send(sender, recipient, raw))
