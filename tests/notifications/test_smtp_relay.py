"""The sender against aiosmtpd: acceptance, refusals, credentials and encryption of a real server."""

import asyncio
import ipaddress
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from notifications.message import Mail, Mailbox, to_bytes
from notifications.relay import Relay
from notifications.smtp import Fate, Outcome, Phase, SmtpConnection

RAW = to_bytes(
    Mail(
        sender=Mailbox("Sở Nội vụ", "dondoc@cantho.gov.vn"),
        recipient=Mailbox("Phường Cái Khế", "caikhe@cantho.gov.vn"),
        reply_to=None,
        subject="3 việc cần báo cáo trước ngày 10/11/2020",
        text=".\nKính gửi quý cơ quan,\n",
        html=".<p>Kính gửi quý cơ quan,</p>\n",
        message_id="<1@cantho.gov.vn>",
        date=datetime(2020, 11, 9, 8, tzinfo=UTC),
    )
)
PASSWORD = "mật-khẩu"


class Desk:
    """What aiosmtpd asks; `no` is the answer at one phase. It knows dondoc, or nobody if it must `echo`."""

    def __init__(self, echo: str = "", **no: str) -> None:
        self.no, self.echo = no, echo
        self.envelopes: list[Envelope] = []
        self.logins = 0

    async def handle_MAIL(
        self, server: SMTP, s: Session, envelope: Envelope, who: str, options: list[str]
    ) -> str:
        envelope.mail_from, envelope.mail_options = who, options
        return self.no.get("MAIL", "250 ok")

    async def handle_RCPT(
        self, server: SMTP, s: Session, envelope: Envelope, who: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(who)
        return self.no.get("RCPT", "250 ok")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.envelopes.append(envelope)
        return self.no.get("DATA", "250 ok")

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        self.logins += 1
        assert isinstance(data, LoginPassword)
        known = not self.echo and (data.login, data.password) == (b"dondoc", PASSWORD.encode())
        no = None if known else f"535 5.7.8 no: {self.echo} sorry"
        return AuthResult(success=known, handled=False, message=no)


class Certificate(NamedTuple):
    file: Path
    server: ssl.SSLContext


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "relay")])
    today = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("certificate")
    file, secret = folder / "relay.pem", folder / "relay.key"
    file.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    secret.write_bytes(key.private_bytes(pem, pkcs8, serialization.NoEncryption()))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file, secret)
    return Certificate(file, context)


@asynccontextmanager
async def listening(
    desk: Desk, tls: ssl.SSLContext | None = None, starttls: ssl.SSLContext | None = None, size: int = 10**7
) -> AsyncIterator[int]:
    def line() -> SMTP:
        return SMTP(
            desk, hostname="relay", data_size_limit=size, authenticator=desk.authenticate,
            auth_require_tls=False, tls_context=starttls, require_starttls=bool(starttls),
        )  # fmt: skip

    server = await asyncio.get_running_loop().create_server(line, "127.0.0.1", 0, ssl=tls)
    yield server.sockets[0].getsockname()[1]
    server.close()
    await asyncio.sleep(0.01)  # lets aiosmtpd notice that its clients have gone


def hand_over(
    desk: Desk, mails: int = 1, server: dict[str, object] | None = None, **relay: object
) -> list[Outcome]:
    async def scene() -> list[Outcome]:
        async with listening(desk, **(server or {})) as port:  # type: ignore[arg-type]
            settings = {"host": "127.0.0.1", "timeout": 1, **relay}
            async with SmtpConnection(Relay(port=port, **settings)) as line:  # type: ignore[arg-type]
                return [
                    await line.send("dondoc@cantho.gov.vn", f"u{number}@b.vn", RAW) for number in range(mails)
                ]

    return asyncio.run(asyncio.wait_for(scene(), 5))


def test_a_mail_arrives_octet_for_octet_in_the_right_envelope() -> None:
    desk = Desk()
    assert [outcome.fate for outcome in hand_over(desk, mails=3)] == [Fate.ACCEPTED] * 3
    assert [envelope.rcpt_tos for envelope in desk.envelopes] == [["u0@b.vn"], ["u1@b.vn"], ["u2@b.vn"]]
    assert {envelope.mail_from for envelope in desk.envelopes} == {"dondoc@cantho.gov.vn"}
    assert {envelope.original_content for envelope in desk.envelopes} == {RAW}


def test_the_null_sender_is_written_as_empty_brackets() -> None:
    desk = Desk()

    async def scene() -> Outcome:
        async with listening(desk) as port, SmtpConnection(Relay("127.0.0.1", port)) as line:
            return await line.send("", "caikhe@b.vn", RAW)

    assert asyncio.run(scene()).fate is Fate.ACCEPTED
    assert desk.envelopes[0].mail_from == "<>"  # aiosmtpd's name for it


@pytest.mark.parametrize(("verb", "phase"), [("MAIL", "mail"), ("RCPT", "rcpt"), ("DATA", "content")])
@pytest.mark.parametrize(
    ("answer", "fate"), [("451 4.3.0 try later", Fate.DEFERRED), ("550 5.1.1 no such user", Fate.REFUSED)]
)
def test_a_real_server_says_no_at_each_phase(verb: str, phase: str, answer: str, fate: Fate) -> None:
    outcomes = hand_over(Desk(**{verb: answer}), mails=2)
    assert outcomes == [Outcome(fate, Phase(phase), int(answer[:3]), answer)] * 2


def test_a_message_over_the_announced_size_is_refused_before_it_is_sent() -> None:
    (outcome,) = hand_over(Desk(), server={"size": 100})
    assert (outcome.fate, outcome.phase, outcome.code) == (Fate.REFUSED, Phase.MAIL, 552)


def test_the_right_password_opens_the_relay() -> None:
    desk = Desk()
    (outcome,) = hand_over(desk, username="dondoc", password=PASSWORD)
    assert (outcome.fate, desk.logins) == (Fate.ACCEPTED, 1)


def test_a_wrong_password_is_tried_once_and_makes_the_relay_unavailable() -> None:
    desk = Desk()
    (outcome,) = hand_over(desk, username="dondoc", password="khác")
    assert (outcome.fate, outcome.phase, outcome.code) == (Fate.UNAVAILABLE, Phase.AUTH, 535)
    assert (desk.logins, desk.envelopes) == (1, [])


@pytest.mark.parametrize(
    "echo",
    ["AGRvbmRvYwBt4bqtdC1raOG6qXU=", "AUTH PLAIN AGRvbmRvYwBt4b...", "'mat-khau'", "(beG6rXQta2jhuql1)"],
)
def test_an_answer_that_echoes_our_credentials_is_kept_without_them(echo: str) -> None:
    password = "mat-khau" if "mat-khau" in echo else PASSWORD
    (outcome,) = hand_over(Desk(echo=echo), username="dondoc", password=password)
    assert outcome.detail.replace("AUTH PLAIN ", "") == "535 5.7.8 no: *** sorry"
    assert password not in repr(Relay("a", 25, "dondoc", password))


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_goes_out_encrypted_to_a_relay_whose_certificate_is_trusted(
    security: str, certificate: Certificate
) -> None:
    desk = Desk()
    outcomes = hand_over(
        desk, mails=2, server={security: certificate.server}, security=security,
        ca_file=str(certificate.file), username="dondoc", password=PASSWORD,
    )  # fmt: skip
    assert [outcome.fate for outcome in outcomes] == [Fate.ACCEPTED] * 2
    assert desk.logins == 1


@pytest.mark.parametrize(("security", "phase"), [("starttls", Phase.TLS), ("tls", Phase.CONNECT)])
def test_a_certificate_nobody_vouches_for_makes_the_relay_unavailable(
    security: str, phase: Phase, certificate: Certificate
) -> None:
    desk = Desk()
    (outcome,) = hand_over(desk, server={security: certificate.server}, security=security)
    assert (outcome.fate, outcome.phase, desk.envelopes) == (Fate.UNAVAILABLE, phase, [])
    assert "certificate verify failed" in outcome.detail.lower()


def test_a_relay_without_starttls_gets_nothing_from_a_sender_who_insists() -> None:
    desk = Desk()
    (outcome,) = hand_over(desk, security="starttls", username="dondoc", password=PASSWORD)
    assert (outcome.fate, outcome.phase, desk.logins) == (Fate.UNAVAILABLE, Phase.TLS, 0)
    assert "STARTTLS" in outcome.detail


def test_tls_spoken_to_a_plain_server_makes_it_unavailable() -> None:
    (outcome,) = hand_over(Desk(), security="tls")
    assert (outcome.fate, outcome.phase, outcome.code) == (Fate.UNAVAILABLE, Phase.CONNECT, None)


def test_plain_smtp_spoken_to_a_tls_server_makes_it_unavailable(certificate: Certificate) -> None:
    (outcome,) = hand_over(Desk(), server={"tls": certificate.server}, timeout=0.2)
    assert (outcome.fate, outcome.phase, outcome.code) == (Fate.UNAVAILABLE, Phase.CONNECT, None)


def test_a_missing_certificate_file_makes_the_relay_unavailable(certificate: Certificate) -> None:
    for security in ("starttls", "tls"):
        server: dict[str, object] = {security: certificate.server}
        (outcome,) = hand_over(Desk(), server=server, security=security, ca_file="/không/có.pem")
        assert outcome.fate is Fate.UNAVAILABLE
        assert "No such file" in outcome.detail


@pytest.mark.parametrize(
    "wrong",
    [{"host": ""}, {"host": "a..b"}, {"port": 0}, {"port": 70000}, {"security": "ssl"}, {"timeout": 0}],
)
def test_a_relay_that_cannot_be_is_refused_when_it_is_described(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="^relay "):
        Relay(**{"host": "a", "port": 25, **wrong})  # type: ignore[arg-type]
