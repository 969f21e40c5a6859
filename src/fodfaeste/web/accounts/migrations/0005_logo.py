from django.db import migrations, models


class Migration(migrations.Migration):
    """An office may have a logo."""

    dependencies = [("accounts", "0004_placement_officers")]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="logo",
            field=models.FileField(blank=True, upload_to="logos", verbose_name="logo"),
        ),
    ]
