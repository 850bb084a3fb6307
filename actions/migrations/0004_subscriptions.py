import uuid

import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("actions", "0003_signatures_and_ways_out"),
    ]

    operations = [
        migrations.CreateModel(
            name="Subscription",
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
                ("email", models.EmailField(blank=True, max_length=254)),
                ("is_demo", models.BooleanField()),
                ("consent_wording", models.TextField()),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("confirm_by", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "permissions": [
                    ("export_subscriptions", "Can export who asked for updates")
                ],
            },
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
                ],
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="letter",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deliveries",
                to="actions.letter",
            ),
        ),
        migrations.AddField(
            model_name="subscription",
            name="campaign",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="subscriptions",
                to="actions.campaign",
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="subscription",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deliveries",
                to="actions.subscription",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind", "subscription"),
                        ("letter__isnull", True),
                        ("subscription__isnull", False),
                    ),
                    models.Q(
                        models.Q(("kind", "subscription"), _negated=True),
                        ("letter__isnull", False),
                        ("subscription__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="deliveries_belong_to_a_letter_or_a_subscription",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.UniqueConstraint(
                models.F("campaign"),
                django.db.models.functions.text.Lower("email"),
                models.F("is_demo"),
                condition=models.Q(("email", ""), _negated=True),
                name="one_subscription_per_address_and_campaign",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_at__isnull", True), ("email", ""), _connector="OR"
                ),
                name="ended_subscriptions_hold_no_address",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_at__isnull", False),
                    models.Q(("email", ""), _negated=True),
                    _connector="OR",
                ),
                name="subscriptions_have_an_address",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(("consent_wording", ""), _negated=True),
                name="subscriptions_keep_their_consent",
            ),
        ),
    ]
