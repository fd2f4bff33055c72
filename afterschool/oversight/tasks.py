from datetime import date

from afterschool.jobs.work import work
from afterschool.policy.loader import parse
from afterschool.schools.models import PolicyText, School
from afterschool.schools.rules import policy_of

from .effects import effect
from .policies import EFFECT


@work(EFFECT)
def work_out_effect(job, progress) -> dict:
    text, school = PolicyText.objects.get(pk=job.args["text"]), School.objects.get(pk=job.school_id)
    return effect(school, policy_of(school, date.fromisoformat(job.args["on"])), parse(text.body, text.file_name))
