from django.db import migrations, models


class Migration(migrations.Migration):
    """An office has a telephone, and so may whoever works there."""

    dependencies = [("accounts", "0005_logo")]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="phone",
            field=models.CharField(blank=True, max_length=20, verbose_name="telefon"),
        ),
        migrations.AddField(
            model_name="user",
            name="phone",
            field=models.CharField(blank=True, max_length=20, verbose_name="arbejdstelefon"),
        ),
    ]
