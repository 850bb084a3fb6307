import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("actions", "0004_subscriptions"),
    ]

    operations = [
        migrations.AddField(
            model_name="campaign",
            name="donate_url",
            field=models.URLField(
                blank=True,
                help_text="Offered after somebody has written; empty, nothing is offered.",
                max_length=300,
                validators=[
                    django.core.validators.RegexValidator(
                        "(?i)^https?://",
                        "Write the address of a page: it begins with https:// or http://.",
                        code="not_a_web_page",
                    )
                ],
                verbose_name="where to donate",
            ),
        ),
        migrations.AddField(
            model_name="campaign",
            name="meeting_help",
            field=models.TextField(
                blank=True,
                help_text="How to come to a surgery, what to bring and what to ask for.",
                verbose_name="how to meet the MP",
            ),
        ),
        migrations.AddField(
            model_name="campaign",
            name="stock_reply_help",
            field=models.TextField(
                blank=True,
                help_text="What to write back when the MP's office answers with a brush-off.",
                verbose_name="answer to a stock reply",
            ),
        ),
        migrations.AddField(
            model_name="letter",
            name="answered_at",
            field=models.DateTimeField(blank=True, null=True),
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
                    ("answered", "You told us that you got an answer."),
                    ("link_asked", "The link to this page was asked for again."),
                    ("forgotten", "Your name, address and text were erased."),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("answered_at__isnull", True),
                    ("state", "accepted"),
                    _connector="OR",
                ),
                name="only_sent_letters_are_answered",
            ),
        ),
    ]
