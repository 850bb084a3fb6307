"""Mail that came in and that only a person understands, in Django's admin."""

from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from actions import addresses, reasons
from actions.errors import UnreadableMailError
from actions.incoming import parsing
from actions.models import IncomingMail
from actions.queue_admin import QueueAdmin
from actions.receiving import deciding, following
from actions.receiving.deciding import Deed

TOO_LARGE: Final = (
    "This mail has {size:,} bytes, and since it came LARGEST_INCOMING_BYTES was set to "
    "{most:,}. Only its beginning is shown, and it can’t be passed on unless whoever "
    "runs this place sets that to {size:,} or more."
)


class IncomingMailAdmin(QueueAdmin):
    """Mails that wait for a person: each is read, and goes the way of a button."""

    list_template = "admin/queue/mails.html"
    page_template = "admin/queue/mail.html"
    deeds = tuple(Deed)

    def waiting(self) -> QuerySet[Any]:
        """Ask for those that wait, the oldest first."""
        return (
            IncomingMail.objects.for_a_person()
            .select_related("letter__campaign")
            .defer("content")
            .order_by("received_at")
        )

    def about(self, chosen: IncomingMail) -> dict[str, Any]:
        """Show the mail as text, as far as it can be read; no file is opened here.

        What came in was no larger than may be read, but the settings may have changed.
        """
        content, fault, letter = bytes(chosen.content), "", chosen.letter
        about = {"state": reasons.state_of(letter) if letter else ""}
        most = settings.LARGEST_INCOMING_BYTES
        if len(content) > most:
            fault = TOO_LARGE.format(size=len(content), most=most)
        try:
            mail = parsing.parse(content[:most], domain=addresses.domain())
        except UnreadableMailError as error:
            return {"mail": None, "fault": fault or str(error), **about}
        files = [one.name for one in mail.attachments]
        is_of_a_notice = letter and following.is_of_a_notice(letter, mail)
        return {
            "mail": mail,
            "files": files,
            "fault": fault,
            "is_of_a_notice": is_of_a_notice,
            **about,
        }

    def made_ready(
        self, deed: str, chosen: IncomingMail, by: Any
    ) -> Callable[[], tuple[bool, str]]:
        """Read the mail, so that what was decided is done quickly."""
        decide = deciding.made_ready(chosen, Deed(deed), timezone.now(), by=by)

        def do() -> tuple[bool, str]:
            words = decide()
            return bool(words), words

        return do
