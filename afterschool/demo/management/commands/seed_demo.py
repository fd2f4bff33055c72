"""The demonstration district: two bureaus, five schools, last month closed, this month under way."""

import os
from datetime import date

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from afterschool.demo import chapters, town
from afterschool.demo.people import table
from afterschool.schools.models import Bureau, School


class Command(BaseCommand):
    help = "Fill an empty local database with the demonstration district. A second run changes nothing."

    def add_arguments(self, parser):
        parser.add_argument("--if-empty", action="store_true", help="say nothing when the district is there")
        parser.add_argument("--people", action="store_true", help="only print who can sign in")
        parser.add_argument("--today", type=date.fromisoformat, help="tell the story up to the day before this one")
        parser.add_argument("--processes", type=int, default=os.cpu_count(), help="tell so many schools side by side")

    def handle(self, *, if_empty, people, today, processes, **options):
        if not settings.LOCAL:
            raise CommandError("示范数据只能装在本机（AFTERSCHOOL_MODE=local），不能装进正式的数据库。")
        if people:
            self.stdout.write(table())
            return
        names = set(Bureau.objects.values_list("name", flat=True))
        if names - {bureau.name for bureau in town.BUREAUS}:
            raise CommandError("这个数据库里有别的教育局，不是示范库，没有改动。")
        told = School.objects.filter(agreements__isnull=False).distinct()
        if told.count() == sum(len(bureau.schools) for bureau in town.BUREAUS):
            if not if_empty:
                self.stdout.write("示范县已经在这里了，没有改动。")
            return
        chapters.tell(today or timezone.localdate(), say=self.stdout.write, processes=processes)
