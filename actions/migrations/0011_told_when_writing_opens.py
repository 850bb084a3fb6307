import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("actions", "0010_languages_of_letters"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="delivery",
            name="deliveries_belong_to_a_letter_or_a_subscription",
        ),
        migrations.RemoveConstraint(
            model_name="subscription",
            name="one_subscription_per_address_and_campaign",
        ),
        migrations.AddField(
            model_name="subscription",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("updates", "e-mail updates by the organisers"),
                    ("reopening", "one mail when people can write again"),
                ],
                default="updates",
                editable=False,
                max_length=9,
            ),
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
                ],
                max_length=16,
            ),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(
                condition=models.Q(
                    ("ended_at__isnull", True), ("purpose", "reopening")
                ),
                fields=["is_demo", "confirmed_at"],
                name="reopenings_to_tell_of",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "reopening")),
                fields=("subscription",),
                name="one_mail_of_reopening_per_subscription",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind__in", ["subscription", "reopening"]),
                        ("letter__isnull", True),
                        ("subscription__isnull", False),
                    ),
                    models.Q(
                        models.Q(
                            ("kind__in", ["subscription", "reopening"]), _negated=True
                        ),
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
                models.F("purpose"),
                condition=models.Q(("email", ""), _negated=True),
                name="one_subscription_per_address_campaign_and_purpose",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(("purpose__in", ["updates", "reopening"])),
                name="subscription_purposes_are_known",
            ),
        ),
    ]
