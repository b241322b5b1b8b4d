"""A mail server that goes wrong in one way until it is mended: written out, as no library misbehaves on purpose."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass
from email import message_from_bytes
from threading import Thread
from typing import Any


class Gone(Exception):
    """The connection is closed without a word."""


@dataclass(frozen=True)
class Fault:
    """`at`: where the server goes wrong (a command, "greeting", "content" inside the mail, "end" after its last dot).

    `says`: its answer there; None: it closes the connection; "…": it says nothing for ever. `takes`: the mail is kept
    although the answer does not say so. `units`: only to mail for units, so that what is said about it arrives.
    """

    name: str
    at: str
    says: str | None
    takes: bool = False
    units: bool = False


FAULTS = (
    Fault("421 as greeting", "greeting", "421 4.3.2 closing"),
    Fault("421 to MAIL", "MAIL", "421 4.3.2 closing"),
    Fault("450 to RCPT", "RCPT", "450 4.2.0 mailbox busy"),
    Fault("451 to the mail", "end", "451 4.3.0 local error"),
    Fault("550 to RCPT", "RCPT", "550 5.1.1 no such user", units=True),
    Fault("552 to the mail", "end", "552 5.2.2 mailbox full", units=True),
    Fault("554 to DATA", "DATA", "554 5.7.1 refused", units=True),
    Fault("drops before DATA", "DATA", None),
    Fault("drops in the mail", "content", None),
    Fault("drops after the mail", "end", None, takes=True),
    Fault("hangs at the greeting", "greeting", "…"),
    Fault("hangs after the mail", "end", "…", takes=True),
    Fault("offers no TLS", "STARTTLS", "502 5.5.1 not implemented"),
    Fault("refuses the login", "AUTH", "535 5.7.8 wrong"),
)


class FaultyServer:
    """`taken`: how often each Message-ID came. `fault` None: it works."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        self.fault: Fault | None = None
        self.to_unit = False
        self.loop = asyncio.new_event_loop()
        self.thread = Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.server = self._run(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = int(self.server.sockets[0].getsockname()[1])

    def close(self) -> None:
        self._run(self._end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    async def _end(self) -> None:
        self.server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._say(writer, "greeting", "220 trial ESMTP")
            while line := (await reader.readline()).decode("ascii", "replace").strip():
                await self._obey(line, reader, writer)
        except (Gone, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _obey(self, line: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        verb = line.partition(" ")[0].upper()
        if verb == "RCPT":
            self.to_unit = "<van-thu." in line
        if verb == "EHLO":
            offers = ["trial", "8BITMIME"] + (
                ["AUTH PLAIN"] if self.fault and self.fault.at == "AUTH" else []
            )
            writer.write("".join(f"250-{one}\r\n" for one in offers).encode() + b"250 PIPELINING\r\n")
            return
        await self._say(writer, verb, {"DATA": "354 go on", "QUIT": "221 bye"}.get(verb, "250 ok"))
        if verb == "DATA" and not self._wrong_at("DATA"):
            await self._mail(reader, writer)
        if verb == "QUIT":
            raise Gone

    async def _mail(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raw = b""
        while (line := await reader.readline()) != b".\r\n":
            if not line or self._wrong_at("content"):
                raise Gone
            raw += line
        if not self._wrong_at("end") or (self.fault and self.fault.takes):
            self.taken[str(message_from_bytes(raw)["Message-ID"])] += 1
        await self._say(writer, "end", "250 taken")

    def _wrong_at(self, at: str) -> bool:
        return self.fault is not None and self.fault.at == at and (self.to_unit or not self.fault.units)

    async def _say(self, writer: asyncio.StreamWriter, at: str, well: str) -> None:
        fault = self.fault
        if fault is None or not self._wrong_at(at):
            writer.write(f"{well}\r\n".encode())
        elif fault.says is None:
            raise Gone
        elif fault.says == "…":
            await asyncio.sleep(3600)
        else:
            writer.write(f"{fault.says}\r\n".encode())
            if fault.says.startswith("421"):
                raise Gone
