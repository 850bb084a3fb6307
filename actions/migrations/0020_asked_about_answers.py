from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("actions", "0019_withheld"),
        ("representatives", "0009_terms_are_not_missing"),
    ]

    operations = [
        migrations.AddField(
            model_name="letter",
            name="asked_again_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="letter",
            name="asked_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="letter",
            name="reminded_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="letter",
            index=models.Index(
                condition=models.Q(
                    ("reminded_at", None), ("state", "awaiting_confirmation")
                ),
                fields=["created_at"],
                name="letters_to_remind_of",
            ),
        ),
        migrations.AddIndex(
            model_name="letter",
            index=models.Index(
                condition=models.Q(
                    ("asked_at", None), ("forgotten_at", None), ("state", "accepted")
                ),
                fields=["accepted_at"],
                name="letters_to_ask_about",
            ),
        ),
        migrations.AddIndex(
            model_name="letter",
            index=models.Index(
                condition=models.Q(
                    ("asked_again_at", None),
                    ("asked_at__isnull", False),
                    ("forgotten_at", None),
                    ("state", "accepted"),
                ),
                fields=["asked_at"],
                name="letters_to_ask_about_again",
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("asked_at__isnull", True),
                    (
                        "state__in",
                        (
                            "accepted",
                            "answered",
                            "acknowledged",
                            "no_answer",
                            "none_needed",
                            "bounced",
                        ),
                    ),
                    _connector="OR",
                ),
                name="only_sent_letters_are_asked_about",
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("asked_again_at__isnull", True),
                    ("asked_at__isnull", False),
                    _connector="OR",
                ),
                name="letters_are_asked_about_before_they_are_again",
            ),
        ),
    ]
