"""HTML mail as plain text, for senders whose client writes nothing else: quotes keep a "> " in front."""

from __future__ import annotations

from html.parser import HTMLParser

BLOCKS = {
    "address", "article", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset", "footer", "form",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "ol", "p", "pre", "section", "table", "tbody",
    "tr", "ul",
}  # fmt: skip
SKIPPED = {"head", "script", "style", "title", "template", "svg", "math", "noscript", "object", "iframe"}
STRUCK = {"s", "del", "strike"}
UNREADABLE = "⌫"  # no word of any answer: what is struck out or unseen makes the text unclear
VOID = {"br", "hr", "img", "input", "link", "meta", "area", "base", "col", "embed", "source", "track", "wbr"}
DEEPEST = 200


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[tuple[int, str]] = []  # (depth of quotation, text)
        self.current: list[str] = []
        self.stack: list[tuple[str, bool]] = []  # (tag, hidden)
        self.lists: list[int] = []  # the last number of each open list; -1 for one without numbers
        self.quotes = 0
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.end_line()
            return
        if tag in BLOCKS:
            self.end_line(soft=True)
        if tag in VOID or len(self.stack) >= DEEPEST:
            return
        style = "".join(value or "" for name, value in attrs if name == "style").replace(" ", "").lower()
        hidden = tag in SKIPPED or "display:none" in style or any(name == "hidden" for name, _ in attrs)
        self.stack.append((tag, hidden))
        self.hidden += hidden
        self.quotes += tag == "blockquote"
        if tag in STRUCK or any(one in style for one in ("line-through", "font-size:0")):
            self.current.append(f" {UNREADABLE} ")
        if tag in ("ol", "ul"):
            self.lists.append(0 if tag == "ol" else -1)
        if tag == "li" and not self.hidden:
            self.current.append(self._marker())

    def _marker(self) -> str:
        """ "- ", or the item's number in a numbered list."""
        if not self.lists or self.lists[-1] < 0:
            return "- "
        self.lists[-1] += 1
        return f"{self.lists[-1]}. "

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ol", "ul") and self.lists:
            self.lists.pop()
        if tag in ("td", "th"):
            self.current.append(" ")
        if tag in BLOCKS:
            self.end_line(soft=True)
        if not any(open_tag == tag for open_tag, _ in self.stack):
            return
        while self.stack:
            open_tag, hidden = self.stack.pop()
            self.hidden -= hidden
            self.quotes -= open_tag == "blockquote"
            if open_tag == tag:
                return

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.current.append(" ".join(data.replace("\xa0", " ").split(" ")).replace("\n", " "))

    def end_line(self, soft: bool = False) -> None:
        text = " ".join("".join(self.current).split())
        self.current = []
        if text or not soft:
            self.lines.append((self.quotes, text))


def text_of_html(html: str) -> str:
    reader = _Reader()
    reader.feed(html)
    if (
        "<" in reader.rawdata
    ):  # a tag or comment that nothing ends: to close it, the library tries it again and again
        reader.rawdata = f" {UNREADABLE} "
    reader.close()
    reader.end_line(soft=True)
    return "\n".join(("> " * min(depth, 5) + text).rstrip() for depth, text in reader.lines)
