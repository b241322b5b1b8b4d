"""Postfix and Dovecot from Debian on loopback, each out of a configuration of its own; needs root, as their masters do.

Every address of the two domains is a mailbox of the same password. One address is accepted and refused afterwards, so
that a real bounce comes back. What OpenDMARC would write into Authentication-Results, Postfix prepends: pass for
whoever sends over it.
"""

from __future__ import annotations

import imaplib
import os
import shutil
import smtplib
import subprocess
import tempfile
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from notifications.relay import Relay
from notifications.replies.imap import Postbox
from tests.waiting import free_ports, listens, until

SERVICE, HOST, PASSWORD = "dondoc@dondoc.example", "mx.dondoc.example", "mat-khau"
DEAD = "da-nghi.stp@cantho.example"
STARTED_SECONDS = 15
ANYBODYS = 0o022  # umask

MAIN_CF = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
daemon_directory = /usr/lib/postfix/sbin
command_directory = /usr/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/postfix.log
maillog_file_prefixes = {folder}
myhostname = {host}
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
virtual_mailbox_domains = dondoc.example, cantho.example
virtual_mailbox_maps = static:ok
virtual_transport = lmtp:unix:{folder}/lmtp
transport_maps = regexp:{folder}/transport
recipient_delimiter = +
default_transport = error:nothing leaves this machine
smtpd_recipient_restrictions = permit_mynetworks, reject
smtpd_sender_restrictions = check_sender_access regexp:{folder}/prepend
smtputf8_enable = no
"""
PREPEND = "/@(.+)$/ PREPEND Authentication-Results: {host}; dmarc=pass header.from=$1\n"
TRANSPORT = "/^{dead}$/ dead:\n"
MASTER_CF = """\
127.0.0.1:{smtp} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
dead unix - n n - - pipe flags= user=mail argv=/bin/sh -c {{exit 67}}
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
"""
DOVECOT_CONF = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
first_valid_uid = 1
recipient_delimiter = +
mail_location = maildir:{folder}/mail/%d/%n
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home={folder}/mail/%d/%n allow_all_users=yes
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  unix_listener {folder}/lmtp {{
    mode = 0666
  }}
}}
"""


class MailServers:
    """Both running; `close()` ends what was started and takes its files away."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="dondoc-mail-"))
        self.folder.chmod(0o755)
        self.smtp, self.imap = free_ports(2)
        # Both read as users of their own; a process that ran dondoc has its umask, which is for the owner alone.
        before = os.umask(ANYBODYS)
        try:
            self._write()
        finally:
            os.umask(before)
        self.running = [
            subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, umask=ANYBODYS)
            for command in (
                ["dovecot", "-F", "-c", str(self.folder / "dovecot.conf")],
                ["postfix", "-c", str(self.folder / "postfix"), "start-fg"],
            )
        ]
        try:
            until(lambda: listens(self.smtp) and listens(self.imap), STARTED_SECONDS, self._logs)
        except AssertionError:
            self.close()
            raise

    def close(self) -> None:
        for process in reversed(self.running):
            process.terminate()
        for process in self.running:
            process.wait(timeout=20)
        shutil.rmtree(self.folder)

    @property
    def postbox(self) -> Postbox:
        return Postbox("127.0.0.1", self.imap, SERVICE, PASSWORD, security="none")

    @property
    def relay(self) -> Relay:
        return Relay("127.0.0.1", self.smtp, timeout=10)

    def send(self, sender: str, recipient: str, mail: EmailMessage) -> None:
        with smtplib.SMTP("127.0.0.1", self.smtp) as smtp:
            smtp.send_message(mail, sender, [recipient])

    def inbox(self, address: str) -> list[EmailMessage]:
        with imaplib.IMAP4("127.0.0.1", self.imap) as imap:
            imap.login(address, PASSWORD)
            imap.select("INBOX", readonly=True)
            _, found = imap.uid("FETCH", "1:*", "(BODY.PEEK[])")
        raw = [item[1] for item in found if isinstance(item, tuple)]
        return [message_from_bytes(one, policy=policy.default) for one in raw]

    def _write(self) -> None:
        postfix = self.folder / "postfix"
        for name in ("postfix", "queue", "data", "mail", "run", "state"):
            (self.folder / name).mkdir()
        shutil.chown(self.folder / "data", "postfix")
        shutil.chown(self.folder / "mail", "mail", "mail")
        values = {
            "folder": self.folder,
            "smtp": self.smtp,
            "imap": self.imap,
            "host": HOST,
            "password": PASSWORD,
            "dead": DEAD,
        }
        (postfix / "main.cf").write_text(MAIN_CF.format(**values))
        (postfix / "master.cf").write_text(MASTER_CF.format(**values))
        (self.folder / "prepend").write_text(PREPEND.format(**values))
        (self.folder / "transport").write_text(TRANSPORT.format(**values))
        (self.folder / "dovecot.conf").write_text(DOVECOT_CONF.format(**values))

    def _logs(self) -> str:
        return "\n".join(log.read_text()[-2_000:] for log in sorted(self.folder.glob("*.log")))


def missing() -> str:
    """What keeps the servers from being started; empty when nothing does."""
    programs = [name for name in ("postfix", "dovecot") if shutil.which(name) is None]
    if programs:
        return f"{' and '.join(programs)} not found: apt-get install postfix dovecot-imapd dovecot-lmtpd"
    return "" if os.geteuid() == 0 else "Postfix and Dovecot start as root only"
