import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("actions", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Prompt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                (
                    "question",
                    models.CharField(
                        help_text="Such as: Who are you in this?", max_length=120
                    ),
                ),
                (
                    "help",
                    models.TextField(
                        blank=True, help_text="A sentence or two under it."
                    ),
                ),
                (
                    "example",
                    models.TextField(
                        blank=True,
                        help_text="An answer by somebody else, to look at. It is never copied.",
                    ),
                ),
                (
                    "hint",
                    models.CharField(
                        blank=True,
                        help_text="What the meter suggests while there is no answer, such as: a sentence about your town.",
                        max_length=120,
                    ),
                ),
                (
                    "least_words",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="Below these many words the page encourages to go on. It never refuses.",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "pk"],
            },
        ),
        migrations.AddField(
            model_name="prompt",
            name="campaign",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="prompts",
                to="actions.campaign",
            ),
        ),
        migrations.AddConstraint(
            model_name="prompt",
            constraint=models.UniqueConstraint(
                fields=("campaign", "position"),
                name="one_prompt_at_each_position_of_a_campaign",
            ),
        ),
        migrations.AddConstraint(
            model_name="prompt",
            constraint=models.CheckConstraint(
                condition=models.Q(("position__gte", 1)),
                name="prompt_positions_start_at_1",
            ),
        ),
    ]
