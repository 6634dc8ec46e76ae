"""A version of the indicators that was put in force from a day to come can be withdrawn before it begins."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tiers", "0009_papers"),
    ]

    operations = [
        migrations.AddField(model_name="indicatorsystem", name="withdrawn_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="indicatorsystem", name="withdrawn_by", field=models.TextField(default="")),
        migrations.AddField(model_name="indicatorsystem", name="withdrawn_by_name", field=models.TextField(default="")),
        migrations.AddField(model_name="indicatorsystem", name="withdrawn_reason", field=models.TextField(default="")),
        migrations.AddConstraint(
            model_name="indicatorsystem",
            constraint=models.CheckConstraint(
                condition=models.Q(withdrawn_at=None, withdrawn_reason="")
                | models.Q(withdrawn_at__isnull=False) & ~models.Q(withdrawn_reason=""),
                name="system_withdrawn",
            ),
        ),
    ]
