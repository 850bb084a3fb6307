from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("actions", "0007_situations"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="letter",
            index=models.Index(
                condition=models.Q(("forgotten_at", None)),
                fields=["sender_email"],
                name="letters_of_mailboxes",
            ),
        ),
    ]
