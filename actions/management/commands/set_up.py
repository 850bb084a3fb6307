"""Make what staff begin with: their groups and the first campaign."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from actions import first_campaign, groups
from actions.models import Campaign


class Command(BaseCommand):
    """May be run again at any time; makes no accounts."""

    help = (
        "Make the groups Campaigners and Organisers and, where there is no campaign, "
        "the first one, as a draft that nobody sees until staff open it in the admin. "
        "Keeps whatever is there. Run migrate first."
    )

    def handle(self, **_options: Any) -> None:
        """Do what is missing, and say so."""
        try:
            made = groups.create()
            campaign = first_campaign.create(state=Campaign.State.DRAFT)
        except DatabaseError as error:
            message = f"The database is not ready ({error}). Run manage.py migrate."
            raise CommandError(message) from error
        for name in made:
            self.stdout.write(f"Made the group {name}.")
        if campaign:
            self.stdout.write(
                f"Made the campaign {campaign} as a draft: read it through in the "
                "admin, then open it there."
            )
        if not made and not campaign:
            self.stdout.write("Everything was there.")
