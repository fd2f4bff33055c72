from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires

from .book import progress_of
from .models import Job


@requires(Capability.OWN_ACCOUNT)
def job_detail(request, reach, pk):
    """The waiting room of a job one asked for oneself; htmx asks for the panel until the job has ended."""
    job = get_object_or_404(Job, pk=pk, asked_by=reach.person)
    context = {"job": job, "progress": progress_of(job), "next": job.result.get("url", "")}
    if job.state == Job.State.DONE and context["next"]:
        return HttpResponse(headers={"HX-Redirect": context["next"]}) if request.htmx else redirect(context["next"])
    return render(request, "jobs/_progress.html" if request.htmx else "jobs/job_detail.html", context)
