"""The two groups that staff belong to, and what each may do in the admin."""

from typing import Final

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q

CAMPAIGNERS: Final = "Campaigners"
ORGANISERS: Final = "Organisers"

# By app and model.
MAY: Final[dict[str, dict[tuple[str, str], str]]] = {
    CAMPAIGNERS: {
        ("actions", "campaign"): "view add change",
        ("actions", "demand"): "view add change",
        ("actions", "prompt"): "view add change delete",
        ("actions", "source"): "view add change",
        # With it the translations of its demands, questions and sources.
        ("actions", "campaigntranslation"): "view add change",
        ("actions", "lettertemplate"): "view add change",
        # Versions are only ever added.
        ("actions", "lettertemplateversion"): "view add",
    },
    ORGANISERS: {
        ("actions", "campaign"): "view",
        ("actions", "demand"): "view",
        ("actions", "prompt"): "view",
        ("actions", "source"): "view",
        ("actions", "campaigntranslation"): "view",
        ("actions", "lettertemplate"): "view",
        ("actions", "lettertemplateversion"): "view",
        # The person's queue: to read and decide.
        ("actions", "heldletter"): "view change",
        ("actions", "officereport"): "view change",
        ("actions", "failingaddress"): "view change",
        ("actions", "incomingmail"): "view change",
        ("actions", "holdrule"): "view add change delete",
        # There are two, always.
        ("actions", "holdlimit"): "view change",
        # Taking a list away; nobody looks at it here.
        ("actions", "subscriptions"): "export",
        ("representatives", "constituency"): "view",
        # Where the register's fields are read-only: a term can be ended.
        ("representatives", "representative"): "view change",
        ("representatives", "representativeoverride"): "view add change delete",
        ("representatives", "office"): "view",
        ("representatives", "syncrun"): "view",
        ("representatives", "parliamentperiod"): "view add change delete",
        ("representatives", "byelection"): "view add change delete",
    },
}


@transaction.atomic
def create() -> list[str]:
    """Make the groups, with at least these rights; name those that were not there."""
    made = []
    for name, allowed in MAY.items():
        group, is_new = Group.objects.get_or_create(name=name)
        group.permissions.add(*_permissions(allowed))
        if is_new:
            made.append(name)
    return made


def _permissions(allowed: dict[tuple[str, str], str]) -> list[Permission]:
    wanted = Q(pk__in=[])
    for (app, model), deeds in allowed.items():
        codenames = [f"{deed}_{model}" for deed in deeds.split()]
        wanted |= Q(content_type__app_label=app, codename__in=codenames)
    return list(Permission.objects.filter(wanted))
