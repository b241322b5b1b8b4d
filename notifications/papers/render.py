"""A Word template and its view to a .docx: the same view gives the same bytes, and no value is read as a tag or as XML."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from directives.errors import DondocError
from notifications.papers.wording import number
from notifications.words import TEMPLATES, one_line

SHIPPED = TEMPLATES.parent / "papers"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say
# What XML 1.0 cannot hold, and the tags that docxtpl itself rewrites after rendering.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REWRITTEN = re.compile(r"(?<=\{)_(?=[{%])|(?<=[}%])_(?=\})")


def template_of(kind: str, own: Path | None = None) -> Path:
    """The office's own template of that name where it keeps one, else the shipped one."""
    mine = own / f"{kind}.docx" if own else None
    return mine if mine and mine.exists() else SHIPPED / f"{kind}.docx"


def render(template: Path, view: Mapping[str, Any], made_at: datetime) -> bytes:
    """Errors: DondocError, naming the template and what is wrong in it."""
    document = DocxTemplate(str(template))
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True, finalize=_shown)
    try:
        document.render(_plain(view), environment, autoescape=True)
    except TemplateError as error:
        raise DondocError(
            f"the Word template {template} cannot be filled in: {error}; mend it in Word"
        ) from error
    _settle(cast(Any, document.docx).core_properties, made_at)  # get_docx() would load the template anew
    out = io.BytesIO()
    document.save(out)
    return _stable(out.getvalue())


def _plain(value: Any) -> Any:
    """Every text of the view as one line of harmless characters; lists and mappings all through."""
    if isinstance(value, str):
        return _REWRITTEN.sub("_\u2060", _NOT_XML.sub("", one_line(value)))
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value


def _shown(value: Any) -> Any:
    return number(value) if isinstance(value, int) else value


def _settle(properties: Any, made_at: datetime) -> None:
    """Word and python-docx would write down who saved it and when."""
    moment = made_at.replace(tzinfo=None, microsecond=0)
    properties.created = properties.modified = moment
    properties.last_printed = moment
    properties.author = properties.last_modified_by = "dondoc"
    properties.revision = 1


def _stable(raw: bytes) -> bytes:
    """The same archive without the times of writing."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as before, zipfile.ZipFile(out, "w") as after:
        for name in sorted(before.namelist(), key=lambda one: (one != "[Content_Types].xml", one)):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            after.writestr(entry, before.read(name), compresslevel=9)
    return out.getvalue()
