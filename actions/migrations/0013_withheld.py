from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("actions", "0011_told_when_writing_opens"),
    ]

    operations = [
        migrations.AlterField(
            model_name="delivery",
            name="kind",
            field=models.CharField(
                choices=[
                    ("letter", "the letter to the MP"),
                    ("confirmation", "asks the supporter to confirm"),
                    ("repeat_notice", "tells that they had written already"),
                    ("failure_notice", "tells that the letter did not arrive"),
                    ("withheld_notice", "tells that we do not know whether it went"),
                    ("links", "brings the supporter their letters' links again"),
                    ("subscription", "asks to confirm the wish for updates"),
                    ("reopening", "tells that people can write again"),
                ],
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="letterevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("written", "You wrote the letter."),
                    ("confirmation_sent", "We mailed you the link to confirm it."),
                    ("confirmed", "You confirmed it."),
                    ("repeated", "You had already written, so it was not sent."),
                    ("retried", "The mail server could not take it yet; we try again."),
                    ("accepted", "The mail server took it."),
                    ("failed", "It could not be delivered, and we do not try again."),
                    ("expired", "It was not confirmed in time."),
                    ("cancelled", "You cancelled it."),
                    ("disowned", "You told us that you did not write it."),
                    (
                        "withdrawn",
                        "It was made while trying Postbag out and is not sent.",
                    ),
                    (
                        "withheld",
                        "We restored a back-up from before. Whether it has gone since then is not known, and we do not send it again.",
                    ),
                    ("answered", "You told us that you got an answer."),
                    ("link_asked", "The link to this page was asked for again."),
                    ("forgotten", "Your name, address and text were erased."),
                ],
                max_length=20,
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
                    ("withheld", "held back after a back-up was restored"),
                    ("reported", "sent by the writer, who told us so"),
                    ("answered", "answered, as its writer told us"),
                ],
                max_length=10,
            ),
        ),
    ]
