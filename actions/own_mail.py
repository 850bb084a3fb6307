"""Links that open a letter in its writer's own mail."""

from dataclasses import dataclass
from urllib.parse import quote

# Some mail programs and browsers cut off or refuse what is longer.
LONGEST_LINK = 1_800

# Each service's address for a new mail, and what it calls the subject.
_SERVICES = (
    ("Gmail", "https://mail.google.com/mail/?view=cm&fs=1&to={to}", "su"),
    (
        "Outlook.com",
        "https://outlook.live.com/mail/0/deeplink/compose?to={to}",
        "subject",
    ),
    ("Yahoo Mail", "https://compose.mail.yahoo.com/?to={to}", "subject"),
)


@dataclass(frozen=True)
class MailLink:
    """A link to a new mail; what would make it too long is left out."""

    name: str
    address: str
    has_text: bool = False
    has_subject: bool = False


def mailto(to: str, subject: str, text: str) -> MailLink:
    """Link to whatever mail program the writer has."""
    return _link("", f"mailto:{quote(to, safe='@')}", "?subject", subject, text)


def services(to: str, subject: str, text: str) -> tuple[MailLink, ...]:
    """Link to the services that many people have their mail with."""
    return tuple(
        _link(name, address.format(to=quote(to, safe="")), f"&{key}", subject, text)
        for name, address, key in _SERVICES
    )


def bare(to: str) -> tuple[MailLink, ...]:
    """Link to all of these, holding nothing but whom the mail goes to."""
    program = MailLink("", f"mailto:{quote(to, safe='@')}")
    pages = (
        MailLink(name, address.format(to=quote(to, safe="")))
        for name, address, _ in _SERVICES
    )
    return (program, *pages)


def _link(name: str, bare: str, key: str, subject: str, text: str) -> MailLink:
    without_text = f"{bare}{key}={quote(subject, safe='')}"
    # A line of a mail ends like this (RFC 6068).
    lines = text.strip().replace("\n", "\r\n")
    whole = f"{without_text}&body={quote(lines, safe='')}"
    fitting = [link for link in (whole, without_text) if len(link) <= LONGEST_LINK]
    address = fitting[0] if fitting else bare
    return MailLink(
        name, address, has_text=address == whole, has_subject=address != bare
    )
