import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("actions", "0014_what_states_say"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="IncomingMail",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("is_demo", models.BooleanField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("bounce", "a letter that came back"),
                            ("delay", "the mail server still tries"),
                            ("delivered", "a mail server's receipt"),
                            ("read_receipt", "a receipt of somebody's reading"),
                            ("auto_reply", "an automatic reply"),
                            (
                                "challenge",
                                "asks the sender to prove that they are a person",
                            ),
                            ("complaint", "a mail provider's complaint of abuse"),
                            ("loop", "our own mail, come back"),
                            ("reply", "somebody's reply"),
                            ("doubt", "not understood"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("done", "nothing more to do"),
                            ("for_a_person", "waits for a person"),
                            ("decided", "a person has decided"),
                        ],
                        max_length=12,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("size", models.PositiveIntegerField(help_text="Bytes.")),
                ("content", models.BinaryField(blank=True)),
                (
                    "received_at",
                    models.DateTimeField(default=django.utils.timezone.now),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("emptied_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name_plural": "incoming mail",
            },
        ),
        migrations.RemoveConstraint(
            model_name="delivery",
            name="one_delivery_per_letter_and_kind",
        ),
        migrations.AlterField(
            model_name="delivery",
            name="kind",
            field=models.CharField(
                choices=[
                    ("letter", "the letter to the MP"),
                    ("confirmation", "asks the supporter to confirm"),
                    ("repeat_notice", "tells that they had written already"),
                    ("failure_notice", "tells that the letter did not arrive"),
                    ("links", "brings the supporter their letters' links again"),
                    ("subscription", "asks to confirm the wish for updates"),
                    ("reopening", "tells that people can write again"),
                    ("reminder", "asks the supporter once more to confirm"),
                    ("held_notice", "tells that the letter is held, and why"),
                    ("bounce_notice", "tells that the letter came back"),
                    ("question", "asks whether there was an answer"),
                    ("question_reminder", "asks once more whether there was an answer"),
                    ("forward", "brings the supporter a reply"),
                ],
                max_length=17,
            ),
        ),
        migrations.AddField(
            model_name="incomingmail",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="incomingmail",
            name="letter",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="incoming",
                to="actions.letter",
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="reply",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deliveries",
                to="actions.incomingmail",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "forward"), _negated=True),
                fields=("letter", "kind"),
                name="one_delivery_per_letter_and_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                fields=("reply",), name="replies_are_passed_on_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "forward"), ("reply__isnull", False)),
                    models.Q(
                        models.Q(("kind", "forward"), _negated=True),
                        ("reply__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="only_forwards_carry_a_reply",
            ),
        ),
        migrations.AddIndex(
            model_name="incomingmail",
            index=models.Index(
                condition=models.Q(("emptied_at", None)),
                fields=["received_at"],
                name="incoming_mail_to_empty",
            ),
        ),
        migrations.AddConstraint(
            model_name="incomingmail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "bounce",
                            "delay",
                            "delivered",
                            "read_receipt",
                            "auto_reply",
                            "challenge",
                            "complaint",
                            "loop",
                            "reply",
                            "doubt",
                        ],
                    )
                ),
                name="incoming_kinds_are_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="incomingmail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", False), ("state", "decided")),
                    models.Q(
                        ("decided_at__isnull", True),
                        ("state__in", ["done", "for_a_person"]),
                    ),
                    _connector="OR",
                ),
                name="decided_mail_says_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="incomingmail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("emptied_at__isnull", True), ("content", b""), _connector="OR"
                ),
                name="emptied_mail_holds_nothing",
            ),
        ),
    ]
