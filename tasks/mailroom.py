"""What reading the mailbox needs of this installation."""

from __future__ import annotations

from config.settings import Settings
from notifications.replies.file_store import FileStore
from notifications.replies.imap import Postbox
from notifications.replies.settling import Desk
from notifications.replies.trust import Trust
from tasks import workplace


def postbox_of(chosen: Settings) -> Postbox:
    return Postbox(
        host=chosen.imap_host,
        port=chosen.imap_port,
        username=chosen.imap_username or chosen.mail_from,
        password=chosen.imap_password.get_secret_value(),
        security=chosen.imap_security,
        folder=chosen.imap_folder,
    )


def evidence_of(chosen: Settings) -> FileStore:
    return FileStore(chosen.home.resolve() / "evidence")


def desk_of(chosen: Settings) -> Desk:
    """Errors: DondocError where unchecked senders would be believed outside the trial mail."""
    chosen.require_trial_mailbox()
    return Desk(
        raw=FileStore(chosen.home.resolve() / "inbound", ".eml"),
        evidence=evidence_of(chosen),
        post=workplace.post_of(chosen),
        trust=Trust(chosen.authserv_id or None, requires_dmarc=not chosen.trust_unchecked),
        clock=workplace.machine_now,
    )
