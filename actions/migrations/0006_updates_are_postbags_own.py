from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("actions", "0005_after_the_letter"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="campaign",
            name="campaign_slugs_leave_postbags_own_addresses",
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "slug__in",
                        (
                            "about",
                            "about-the-data",
                            "accounts",
                            "admin",
                            "api",
                            "assets",
                            "campaigns",
                            "cy",
                            "desk",
                            "embed",
                            "en",
                            "favicon",
                            "health",
                            "help",
                            "letters",
                            "media",
                            "outbox",
                            "privacy",
                            "robots",
                            "sitemap",
                            "static",
                            "studio",
                            "unsubscribe",
                            "updates",
                            "webhooks",
                            "well-known",
                        ),
                    ),
                    _negated=True,
                ),
                name="campaign_slugs_leave_postbags_own_addresses",
                violation_error_message="Postbag uses this address itself: choose another.",
            ),
        ),
    ]
