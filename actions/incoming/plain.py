"""Text that a person can read, made of what mail programs send."""

import html
import re
from typing import Final

# The text of a tag's end, and what it does to the lines around it.
_TAG: Final = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)")
_HREF: Final = re.compile(
    r"\shref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE
)
_WEB: Final = re.compile(r"https?://[^\s<>]+", re.IGNORECASE)
_BLOCKS: Final = re.compile(
    "address|article|blockquote|center|dd|div|dl|dt|footer|form|h[1-6]|header|hr|li"
    "|main|ol|p|pre|section|table|tr|ul"
)
_APART: Final = re.compile("blockquote|h[1-6]|ol|p|table|ul")
# What stands between these is nobody's text.
_UNSEEN: Final = {
    name: re.compile(f"</{name}", re.IGNORECASE)
    for name in ("script", "style", "template", "textarea", "title")
}


class _Lines:
    """Lines that are being written."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self._line: list[str] = []
        self._is_begun = False
        self._quotes = 0
        self._link, self._label = "", list[str]()

    def write(self, words: str) -> None:
        if words.strip():
            self._is_begun = True
        elif not self._is_begun:
            return
        self._line.append(words)
        self._label.append(words)

    def tag(self, name: str, written: str) -> None:
        is_end = written.startswith("</")
        if name == "br":
            self.end_line()
        elif name in {"td", "th"}:
            self.write(" ")
        elif name == "a":
            self._end_link()
            self._begin_link("" if is_end else written)
        elif _BLOCKS.fullmatch(name):
            self._block(name, is_end=is_end)

    def end_line(self, *, is_apart: bool = False) -> None:
        line = " ".join("".join(self._line).split())
        self._line, self._is_begun = [], False
        prefix = "> " * min(self._quotes, 5)
        self.done.append(f"{prefix}{line}".rstrip() if line else prefix.rstrip())
        if is_apart and line:
            self.done.append(prefix.rstrip())

    def _block(self, name: str, *, is_end: bool) -> None:
        is_apart = bool(_APART.fullmatch(name))
        if self._is_begun:
            self.end_line(is_apart=is_apart)
        elif is_apart and self.done and self.done[-1]:
            self.done.append("")
        if name == "blockquote":
            self._quotes = max(self._quotes + (-1 if is_end else 1), 0)
        if name == "li" and not is_end:
            self._line = ["- "]

    def _begin_link(self, written: str) -> None:
        found = _HREF.search(written)
        target = html.unescape(next(filter(None, found.groups()), "")) if found else ""
        self._link = target if _WEB.fullmatch(target) else ""
        self._label = []

    def _end_link(self) -> None:
        label = "".join(self._label).strip()
        if self._link and label and label.rstrip("/") not in self._link:
            self.write(f" ({self._link})")
        self._link = ""


def from_html(page: str) -> str:
    """Write a page as text, with the web addresses of its links.

    Nothing of it is executed, looked up or kept as markup, so what comes out need not
    be trusted either, and only has to be readable. It is read once from front to back:
    a tag without end ends it.
    """
    lines, at = _Lines(), 0
    while True:
        begin = page.find("<", at)
        lines.write(html.unescape(page[at : begin if begin >= 0 else len(page)]))
        if begin < 0:
            break
        at = _passed(page, begin, lines)
        if at < 0:
            break
    lines.end_line()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines.done)).rstrip("> \n").lstrip()


def _passed(page: str, begin: int, lines: _Lines) -> int:
    """Pass over what begins with "<"; say where the text goes on, -1 for nowhere."""
    found = _TAG.match(page, begin)
    if not found and page[begin + 1 : begin + 2] not in {"!", "?", "/"}:
        lines.write("<")
        return begin + 1
    is_comment = page.startswith("<!--", begin)
    closing = "-->" if is_comment else ">"
    end = page.find(closing, begin + 4 if is_comment else begin)
    if end < 0:
        return -1
    written = page[begin : end + len(closing)]
    if found:
        name = found[1].lower()
        if name in _UNSEEN and not written.startswith("</"):
            last = _UNSEEN[name].search(page, end)
            return last.start() if last else -1
        lines.tag(name, written)
    return end + len(closing)


def unflowed(text: str, *, without_space: bool) -> str:
    """Join the lines that a mail program broke (format=flowed, RFC 3676)."""
    done: list[list[str]] = []
    open_depth = -1
    for line in text.split("\n"):
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        bare = bare.removeprefix(" ")
        goes_on = bare.endswith(" ") and bare != "-- "
        written = bare[:-1] if goes_on and without_space else bare
        if depth == open_depth:
            done[-1].append(written)
        else:
            done.append([f"{'>' * depth} " if depth else "", written])
        open_depth = depth if goes_on else -1
    return "\n".join("".join(pieces) for pieces in done)
