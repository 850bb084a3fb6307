from django.db import migrations, models

import actions.tags


class Migration(migrations.Migration):
    dependencies = [
        ("actions", "0013_answers_are_states"),
    ]

    operations = [
        migrations.AlterField(
            model_name="letter",
            name="tag",
            field=models.CharField(
                blank=True, default=actions.tags.new, editable=False, max_length=13
            ),
        ),
        migrations.AddIndex(
            model_name="letter",
            index=models.Index(
                condition=models.Q(("state", "held")),
                fields=["decide_by"],
                name="letters_to_decide_on",
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "awaiting_confirmation",
                            "queued",
                            "held",
                            "accepted",
                            "answered",
                            "acknowledged",
                            "no_answer",
                            "none_needed",
                            "bounced",
                            "repeated",
                            "expired",
                            "cancelled",
                            "disowned",
                            "failed",
                        ],
                    )
                ),
                name="letter_states_are_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("accepted_at__isnull", False),
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
                    ),
                    models.Q(
                        models.Q(
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
                            _negated=True,
                        ),
                        ("accepted_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="sent_letters_say_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        (
                            "state__in",
                            [
                                "queued",
                                "held",
                                "failed",
                                "accepted",
                                "answered",
                                "acknowledged",
                                "no_answer",
                                "none_needed",
                                "bounced",
                            ],
                        ),
                        _negated=True,
                    ),
                    ("confirmed_at__isnull", False),
                    _connector="OR",
                ),
                name="only_confirmed_letters_are_sent",
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("ended_at__isnull", True),
                        ("state__in", ["awaiting_confirmation", "queued", "held"]),
                    ),
                    models.Q(
                        models.Q(
                            ("state__in", ["awaiting_confirmation", "queued", "held"]),
                            _negated=True,
                        ),
                        ("ended_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="ended_letters_say_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("forgotten_at__isnull", True),
                    models.Q(
                        ("address_line_1", ""),
                        ("address_line_2", ""),
                        ("address_note", ""),
                        ("base_text", ""),
                        ("body", ""),
                        ("ended_at__isnull", False),
                        ("helper", ""),
                        ("postcode", ""),
                        ("reader_language", ""),
                        ("sender_email", ""),
                        ("sender_name", ""),
                        ("subject", ""),
                        ("tag", ""),
                        ("town", ""),
                    ),
                    _connector="OR",
                ),
                name="forgotten_letters_hold_nothing_personal",
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answered_at__isnull", False), ("state", "answered")),
                    models.Q(
                        models.Q(("state", "answered"), _negated=True),
                        ("answered_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="answered_letters_say_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reply_seen_at__isnull", True),
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
                name="only_sent_letters_are_replied_to",
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decide_by__isnull", False),
                        ("held_at__isnull", False),
                        ("state", "held"),
                        models.Q(("held_for", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("state", "held"), _negated=True),
                        ("decide_by__isnull", True),
                        ("held_at__isnull", True),
                        ("held_for", ""),
                    ),
                    _connector="OR",
                ),
                name="held_letters_say_why_and_how_long",
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "held_for__in",
                        [
                            "",
                            "dissolved",
                            "vacant",
                            "member_changed",
                            "boundaries_changed",
                            "address_failing",
                            "office_asked",
                            "abuse",
                            "flood",
                            "one_address",
                        ],
                    )
                ),
                name="holds_are_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decide_by__isnull", True),
                    ("decide_by__gt", models.F("held_at")),
                    _connector="OR",
                ),
                name="holds_leave_time_to_decide",
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.UniqueConstraint(
                condition=models.Q(("tag", ""), _negated=True),
                fields=("tag",),
                name="one_letter_per_tag",
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "queued",
                            "held",
                            "accepted",
                            "answered",
                            "acknowledged",
                            "no_answer",
                            "none_needed",
                        ],
                    ),
                    models.Q(("sender_key", ""), _negated=True),
                ),
                fields=("sender_key", "is_demo"),
                name="one_letter_per_person_representative_and_campaign",
            ),
        ),
        migrations.AddConstraint(
            model_name="tally",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("count__gte", 0),
                    (
                        "step__in",
                        ["answered", "acknowledged", "no_answer", "none_needed"],
                    ),
                    _connector="OR",
                ),
                name="only_answers_are_taken_back",
            ),
        ),
    ]
