from django.db import migrations, models


class Migration(migrations.Migration):
    """When each job last ran, and how that went."""

    dependencies = [("geo", "0011_link")]

    operations = [
        migrations.CreateModel(
            name="JobRun",
            fields=[
                ("name", models.SlugField(primary_key=True, serialize=False, verbose_name="job")),
                ("tried_at", models.DateTimeField(null=True, verbose_name="last run")),
                ("last_success_at", models.DateTimeField(null=True, verbose_name="last success")),
                (
                    "last_error",
                    models.CharField(
                        blank=True,
                        help_text="Its class; never its text.",
                        max_length=60,
                        verbose_name="last error",
                    ),
                ),
            ],
            options={"verbose_name": "job", "verbose_name_plural": "jobs", "ordering": ["name"]},
        ),
    ]
