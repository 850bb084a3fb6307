from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("actions", "0002_prompts"),
    ]

    operations = [
        migrations.AddField(
            model_name="campaign",
            name="accepts_signatures",
            field=models.BooleanField(
                default=True,
                help_text="They go, and are counted apart: as signatures, never as letters.",
                verbose_name="takes letters without own words",
            ),
        ),
        migrations.AddField(
            model_name="campaign",
            name="least_own_words",
            field=models.PositiveSmallIntegerField(
                default=10,
                help_text="With fewer words of its writer's own it is a signature.",
                verbose_name="own words of a letter",
            ),
        ),
        migrations.AddField(
            model_name="letter",
            name="is_signature",
            field=models.BooleanField(
                default=False,
                help_text="Too few of the words are the writer's own to count it as a letter.",
            ),
        ),
        migrations.AlterField(
            model_name="tally",
            name="own_words",
            field=models.CharField(
                choices=[
                    ("0", "0 %"),
                    ("1-24", "1 to 24 %"),
                    ("25-49", "25 to 49 %"),
                    ("50-74", "50 to 74 %"),
                    ("75-100", "75 to 100 %"),
                    ("signature", "too few: a signature"),
                    ("unsaid", "not said, to protect the writer"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="tally",
            name="step",
            field=models.CharField(
                choices=[
                    ("drafted", "written, not confirmed"),
                    ("confirmed", "confirmed by the writer"),
                    ("accepted", "taken by the mail server"),
                    ("failed", "refused for good"),
                    ("cancelled", "stopped by the writer"),
                    ("disowned", "not by the named writer"),
                    ("expired", "not confirmed in time"),
                    ("reported", "sent by the writer, who told us so"),
                    ("answered", "answered, as its writer told us"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="tally",
            name="way",
            field=models.CharField(
                choices=[
                    ("email", "by e-mail through Postbag"),
                    ("own_mail", "from the writer's own mail"),
                    ("paper", "on paper"),
                    ("unsaid", "not said, to protect the writer"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="tally",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("own_words", "unsaid"), ("step", "reported"), ("way", "unsaid")
                    ),
                    models.Q(
                        models.Q(("way", "unsaid"), _negated=True),
                        models.Q(("own_words", "unsaid"), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="tallies_of_people_at_risk_say_nothing_more",
            ),
        ),
    ]
