import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from afterschool.audit.ink import ink
from billing.ledger.chain import BEGINNING, Said, link, number_of

LIFT = "ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_ink"
LAY = "ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_ink"


def bind(apps, schema_editor):
    """The vouchers that are there get their places and links, in the order in which they were booked."""
    Book, Entry = apps.get_model("ledger", "Book"), apps.get_model("ledger", "Entry")
    for school in Entry.objects.order_by().values_list("school", flat=True).distinct():
        book = Book(school_id=school)
        entries = Entry.objects.filter(school=school).order_by("pk").select_related("reverses")
        for entry in entries.prefetch_related("transfers__debit", "transfers__credit").iterator(2000):
            book.entries += 1
            book.numbers[str(entry.on.year)] = entry.number
            book.head = link(book.head, said(entry))
            Entry.objects.filter(pk=entry.pk).update(place=book.entries, chain=book.head)
        book.save()


def said(entry) -> Said:
    first = entry.reverses
    return Said(
        number=number_of(entry.on, entry.number),
        on=entry.on,
        key=entry.key,
        memo=entry.memo,
        reverses=number_of(first.on, first.number) if first else None,
        who=entry.posted_by_id,
        at=entry.posted_at,
        moves=[
            (row.debit.kind, row.debit.subject, row.credit.kind, row.credit.subject, row.fen)
            for row in entry.transfers.all()
        ],
    )


def school(related_name: str, **more) -> models.ForeignKey:
    return models.ForeignKey("schools.school", django.db.models.deletion.PROTECT, related_name=related_name, **more)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_ink")]
    operations = [
        migrations.CreateModel(
            name="Book",
            fields=[
                (
                    "school",
                    models.OneToOneField(
                        "schools.school",
                        django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="book",
                        serialize=False,
                    ),
                ),
                ("entries", models.PositiveIntegerField(default=0)),
                ("head", models.CharField(max_length=64, default=BEGINNING)),
                ("numbers", models.JSONField(default=dict)),
            ],
            options={"verbose_name": "账本", "verbose_name_plural": "账本"},
        ),
        migrations.CreateModel(
            name="BookHead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("school", school("book_heads")),
                ("day", models.DateField(verbose_name="日期")),
                ("entries", models.PositiveIntegerField(verbose_name="凭证张数")),
                ("head", models.CharField(max_length=64, verbose_name="账簿指纹")),
                ("kept_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "账簿指纹",
                "verbose_name_plural": "账簿指纹",
                "ordering": ["-day"],
                "constraints": [models.UniqueConstraint(fields=["school", "day"], name="book_head_once_a_day")],
            },
        ),
        migrations.AlterField(
            "entry", "posted_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="记账时间")
        ),
        migrations.AddField("entry", "place", models.PositiveIntegerField(null=True)),
        migrations.AddField("entry", "chain", models.CharField(max_length=64, null=True, verbose_name="校验码")),
        migrations.RunSQL(LIFT, LAY),
        migrations.RunPython(bind, migrations.RunPython.noop),
        migrations.RunSQL(LAY, LIFT),
        migrations.AlterField("entry", "place", models.PositiveIntegerField()),
        migrations.AlterField("entry", "chain", models.CharField(max_length=64, verbose_name="校验码")),
        migrations.AddConstraint("entry", models.UniqueConstraint(fields=["school", "place"], name="entry_place_once")),
        migrations.DeleteModel("VoucherCounter"),
        ink("ledger_account"),
        ink("ledger_bookhead"),
    ]
