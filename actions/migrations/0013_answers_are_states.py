from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F

from actions import tags


def name_states(apps: Apps, _schema: BaseDatabaseSchemaEditor) -> None:
    """Make what was a note on a letter that was sent the state that it is in."""
    letters = apps.get_model("actions", "Letter").objects
    letters.filter(state="accepted", answered_at__isnull=False).update(state="answered")


def give_tags(apps: Apps, _schema: BaseDatabaseSchemaEditor) -> None:
    """Give each letter a tag that may still go, so that answers to it are known."""
    letters = apps.get_model("actions", "Letter").objects
    going = letters.filter(state__in=["awaiting_confirmation", "queued"], tag="")
    for key in list(going.values_list("pk", flat=True)):
        letters.filter(pk=key).update(tag=tags.new())


def take_states_back(apps: Apps, _schema: BaseDatabaseSchemaEditor) -> None:
    """Make what the older code does not know one of its states again."""
    letters = apps.get_model("actions", "Letter").objects
    letters.filter(
        state__in=["answered", "acknowledged", "no_answer", "none_needed", "bounced"]
    ).update(state="accepted")
    # The older code would send what was held for a reason.
    letters.filter(state="held").update(state="failed", ended_at=F("held_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("actions", "0012_states_of_letters"),
    ]

    operations = [
        migrations.RunPython(name_states, take_states_back),
        migrations.RunPython(give_tags, migrations.RunPython.noop),
    ]
