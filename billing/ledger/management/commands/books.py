"""`manage.py books verify [--school CODE]`: read the books again. Exit 1 where something differs."""

from django.core.management.base import BaseCommand, CommandError

from afterschool.schools.models import School
from billing.ledger.verifying import verify


class Command(BaseCommand):
    help = "Read the books from their first voucher: numbers, links and kept heads."

    def add_arguments(self, parser):
        parser.add_argument("deed", choices=["verify"])
        parser.add_argument("--school", metavar="CODE", help="only the school with this code")

    def handle(self, *, deed, school, **options):
        schools = School.objects.filter(book__isnull=False).order_by("code")
        if school:
            schools = School.objects.filter(code=school)
            if not schools:
                raise CommandError(f"没有标识码为 {school} 的学校")
        broken = [one for one in schools if not self._read(one)]
        if broken:
            raise CommandError(f"{len(broken)} 所学校的账簿核对不符")

    def _read(self, school: School) -> bool:
        findings = verify(school)
        self.stdout.write(f"{school.code} {school}：{findings.entries} 张凭证，指纹 {findings.head}")
        for fault in findings.faults:
            self.stdout.write(f"  ✗ {fault}")
        return findings.sound
