"""Words at which a person looks, to begin with: staff add to them and take away.

Each speaks to its reader, since letters about persecution tell of killing and torture.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

THREAT, ABUSE, SLUR = "a threat", "abuse", "a slur"
PHRASES = {
    "kill you": THREAT,
    "kill your": THREAT,
    "hurt you": THREAT,
    "hurt your": THREAT,
    "harm you": THREAT,
    "shoot you": THREAT,
    "stab you": THREAT,
    "hang you": THREAT,
    "rape you": THREAT,
    "beat you up": THREAT,
    "burn your": THREAT,
    "burn you": THREAT,
    "bomb you": THREAT,
    "bomb your": THREAT,
    "hunt you": THREAT,
    "find you and": THREAT,
    "come for you": THREAT,
    "coming for you": THREAT,
    "watch your back": THREAT,
    "know where you live": THREAT,
    "know where your": THREAT,
    "know your address": THREAT,
    "end up like jo cox": THREAT,
    "end up like david amess": THREAT,
    "you will die": THREAT,
    "you should die": THREAT,
    "you deserve to die": THREAT,
    "hope you die": THREAT,
    "hope you get cancer": THREAT,
    "you should be shot": THREAT,
    "you should be hanged": THREAT,
    "you should be hung": THREAT,
    "blood on your doorstep": THREAT,
    "lladd di": THREAT,
    "dy ladd di": THREAT,
    "eich lladd chi": THREAT,
    "gwn ble rwyt ti n byw": THREAT,
    "gwn ble rydych chi n byw": THREAT,
    "fuck*": ABUSE,
    "motherfuck*": ABUSE,
    "cunt*": ABUSE,
    "wanker*": ABUSE,
    "twat*": ABUSE,
    "arsehole*": ABUSE,
    "bastard*": ABUSE,
    "bitch*": ABUSE,
    "whore*": ABUSE,
    "you scum": ABUSE,
    "you vermin": ABUSE,
    "chink": SLUR,
    "chinks": SLUR,
    "chinky": SLUR,
    "paki": SLUR,
    "pakis": SLUR,
    "nigger*": SLUR,
    "kike*": SLUR,
    "yid": SLUR,
    "yids": SLUR,
    "raghead*": SLUR,
    "towelhead*": SLUR,
    "muzzie*": SLUR,
    "faggot*": SLUR,
    "tranny": SLUR,
}


def add(apps: Apps, _schema: BaseDatabaseSchemaEditor) -> None:
    """Put the rules in force."""
    rules = apps.get_model("actions", "HoldRule")
    rules.objects.bulk_create(
        rules(phrase=phrase, note=note) for phrase, note in PHRASES.items()
    )


class Migration(migrations.Migration):
    dependencies = [
        ("actions", "0017_what_waits_for_a_person"),
    ]

    operations = [
        migrations.RunPython(add, migrations.RunPython.noop),
    ]
