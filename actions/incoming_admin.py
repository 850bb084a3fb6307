"""Mail that came in and that only a person understands, in Django's admin."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from actions import addresses
from actions.incoming import parsing
from actions.models import IncomingMail
from actions.queue_admin import QueueAdmin
from actions.receiving import deciding
from actions.receiving.deciding import Deed


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
        """Show the mail as text; no file in it can be opened here."""
        mail = parsing.parse(bytes(chosen.content), domain=addresses.domain())
        return {"mail": mail, "files": [one.name for one in mail.attachments]}

    def do(self, deed: str, chosen: IncomingMail, by: Any) -> tuple[bool, str]:
        """Do what was decided."""
        words = deciding.decide(chosen, Deed(deed), timezone.now(), by=by)
        return bool(words), words
