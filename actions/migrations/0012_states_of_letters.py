from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("actions", "0011_told_when_writing_opens"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="letter",
            name="letter_states_are_known",
        ),
        migrations.RemoveConstraint(
            model_name="letter",
            name="sent_letters_say_when",
        ),
        migrations.RemoveConstraint(
            model_name="letter",
            name="only_confirmed_letters_are_sent",
        ),
        migrations.RemoveConstraint(
            model_name="letter",
            name="ended_letters_say_when",
        ),
        migrations.RemoveConstraint(
            model_name="letter",
            name="one_letter_per_person_representative_and_campaign",
        ),
        migrations.RemoveConstraint(
            model_name="letter",
            name="only_sent_letters_are_answered",
        ),
        migrations.RemoveConstraint(
            model_name="letter",
            name="forgotten_letters_hold_nothing_personal",
        ),
        migrations.RemoveConstraint(
            model_name="tally",
            name="tallies_count_something",
        ),
        migrations.AddField(
            model_name="letter",
            name="decide_by",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="letter",
            name="held_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="letter",
            name="held_for",
            field=models.CharField(
                blank=True,
                choices=[
                    ("dissolved", "Parliament was dissolved before it went"),
                    ("vacant", "the seat fell vacant before it went"),
                    ("member_changed", "somebody else holds the seat now"),
                    ("boundaries_changed", "the boundaries changed"),
                    ("address_failing", "mail to the MP's address comes back"),
                    ("office_asked", "the MP's office asked for it"),
                    ("abuse", "words that look like a threat or abuse"),
                    ("flood", "many letters of the same text"),
                    ("one_address", "many names at one address"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="letter",
            name="reply_seen_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="letter",
            name="tag",
            field=models.CharField(
                blank=True, default="", editable=False, max_length=13
            ),
        ),
        migrations.AlterField(
            model_name="letter",
            name="state",
            field=models.CharField(
                choices=[
                    ("awaiting_confirmation", "waiting for you to confirm"),
                    ("queued", "waiting to be sent"),
                    ("held", "held for now"),
                    ("accepted", "sent"),
                    ("answered", "sent and answered"),
                    ("acknowledged", "sent, with an acknowledgement only"),
                    ("no_answer", "sent, without an answer so far"),
                    ("none_needed", "sent; no answer is needed"),
                    ("bounced", "sent, and came back undelivered"),
                    ("repeated", "not sent: you had written already"),
                    ("expired", "not confirmed in time"),
                    ("cancelled", "cancelled"),
                    ("disowned", "disowned"),
                    ("failed", "could not be delivered"),
                ],
                default="awaiting_confirmation",
                max_length=24,
            ),
        ),
        migrations.AlterField(
            model_name="letterevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("written", "You wrote the letter."),
                    ("confirmation_sent", "We mailed you the link to confirm it."),
                    ("reminded", "We reminded you to confirm it."),
                    ("confirmed", "You confirmed it."),
                    ("repeated", "You had already written, so it was not sent."),
                    ("retried", "The mail server could not take it yet; we try again."),
                    ("held", "It is held for now and does not go yet."),
                    ("released", "It is not held any more."),
                    ("redirected", "You had it sent to whoever is your MP now."),
                    ("readdressed", "Your MP’s e-mail address was corrected."),
                    ("accepted", "The mail server took it."),
                    ("bounced", "It came back undelivered."),
                    (
                        "acknowledgement_seen",
                        "An automatic reply came from the office.",
                    ),
                    (
                        "reply_forwarded",
                        "A reply came to our address, and we passed it on to you.",
                    ),
                    (
                        "reply_not_forwarded",
                        "A reply came to our address that we could not pass on.",
                    ),
                    ("question_sent", "We asked you whether there was an answer."),
                    ("office_spoke", "Your MP’s office told us something about it."),
                    ("failed", "It could not be delivered, and we do not try again."),
                    ("expired", "It was not confirmed in time."),
                    ("cancelled", "You cancelled it."),
                    ("disowned", "You told us that you did not write it."),
                    (
                        "withdrawn",
                        "It was made while trying Postbag out and is not sent.",
                    ),
                    ("answered", "You told us that you got an answer."),
                    (
                        "acknowledged",
                        "You told us that you got an acknowledgement only.",
                    ),
                    ("no_answer", "You told us that you got no answer."),
                    ("none_needed", "You told us that you need no answer."),
                    ("link_asked", "The link to this page was asked for again."),
                    ("forgotten", "Your name, address and text were erased."),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="tally",
            name="count",
            field=models.IntegerField(),
        ),
        migrations.AlterField(
            model_name="tally",
            name="step",
            field=models.CharField(
                choices=[
                    ("drafted", "written, not confirmed"),
                    ("confirmed", "confirmed by the writer"),
                    ("accepted", "taken by the mail server"),
                    ("bounced", "came back undelivered"),
                    ("failed", "refused for good"),
                    ("cancelled", "stopped by the writer"),
                    ("disowned", "not by the named writer"),
                    ("expired", "not confirmed in time"),
                    ("reported", "sent by the writer, who told us so"),
                    ("answered", "answered, as its writer told us"),
                    ("acknowledged", "acknowledged only, as its writer told us"),
                    ("no_answer", "not answered, as its writer told us"),
                    ("none_needed", "in need of no answer, as its writer told us"),
                ],
                max_length=12,
            ),
        ),
    ]
