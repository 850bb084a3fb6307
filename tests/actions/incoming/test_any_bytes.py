"""No bytes break the reading, the judging or the writing on."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from actions.errors import UnreadableMailError
from actions.headers import Party
from actions.incoming import classifying, forwarding
from tests.actions.incoming import mails

FROM = b"From: Jane <jane@parliament.example>\n"


def survives(content: bytes) -> None:
    """Whatever is readable can be judged and written on, too."""
    try:
        mail = mails.made(content)
    except UnreadableMailError:
        return
    classifying.classify(mail, mails.EXPECTED)
    forwarding.pass_on(
        mail,
        sender_address=f"letters@{mails.DOMAIN}",
        office=Party("Jane Smith MP", mails.MP),
        to=Party("Jo", "jo@mail.example"),
    )
    assert "\n" not in mail.subject + mail.sender.name + mail.sender.address


@given(st.binary(max_size=2_000))
@hypothesis_settings(max_examples=200, deadline=None)
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    survives(content)
    survives(FROM + b"\n" + content)
    survives(b"Subject: " + content)
    survives(b"Content-Type: " + content)


def _changed(
    draw: Callable[[st.SearchStrategy[bytes]], bytes], content: bytes
) -> bytes:
    """Put odd bytes somewhere into a mail."""
    odd = st.sampled_from(
        [
            b"\0",
            b"\xff",
            b"\r",
            b"\n\n",
            b'"',
            b"(",
            b"--B1",
            b"=?utf-8?b?A?=",
            b"<",
            b";",
        ]
    )
    at = int.from_bytes(draw(st.binary(min_size=3, max_size=3))) % (len(content) + 1)
    gone = draw(st.binary(max_size=8))
    return (
        content[:at] + draw(st.one_of(odd, st.just(gone))) + content[at + len(gone) :]
    )


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    content = mails.raw(draw(st.sampled_from(mails.NAMES)))
    for _ in range(draw(st.integers(1, 4))):
        content = _changed(draw, content)
    return content


@given(damaged())
@hypothesis_settings(max_examples=300, deadline=None)
def test_a_mail_damaged_on_the_way_is_read_or_refused(content: bytes) -> None:
    survives(content)
