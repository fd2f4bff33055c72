"""Filing numbers under a race: reviewers of one bureau answer at once, no number is given twice, none is left out."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from afterschool.plans.actions import file_plan, review_plan
from afterschool.plans.models import Plan
from tests import cast
from tests.plans.writing import IN_SEPTEMBER, as_clerk, as_reviewer, write_plan


@pytest.mark.django_db(transaction=True)
def test_plans_noted_at_once_get_one_number_each():
    bureau = cast.make_bureau()
    term, reviewer = cast.make_term(bureau), as_reviewer(bureau)
    plans = []
    for n in range(6):
        school = cast.make_school(bureau, f"第{n}小学")
        clerk = as_clerk(school)
        plans.append(file_plan(write_plan(school, term, clerk), now=IN_SEPTEMBER, by=clerk))

    def note(plan):
        try:
            review_plan(plan, "noted", now=IN_SEPTEMBER, by=reviewer)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(note, plans))

    numbers = sorted(Plan.objects.values_list("filing_number", flat=True))
    assert numbers == [f"课后备〔2026〕{n:03d}号" for n in range(1, 7)]
