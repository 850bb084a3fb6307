from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("actions", "0006_updates_are_postbags_own"),
        ("representatives", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="letter",
            name="forgotten_letters_hold_nothing_personal",
        ),
        migrations.AddField(
            model_name="letter",
            name="address_note",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="letter",
            name="helper",
            field=models.CharField(
                blank=True, help_text="Who wrote it for the sender.", max_length=100
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
                        ("sender_email", ""),
                        ("sender_name", ""),
                        ("subject", ""),
                        ("town", ""),
                    ),
                    _connector="OR",
                ),
                name="forgotten_letters_hold_nothing_personal",
            ),
        ),
    ]
