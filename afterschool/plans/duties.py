"""还要做到的: what the policy asks of the school beside the plan itself; told, since no plan can show it done."""

from collections.abc import Iterator

from afterschool.policy import conduct, disclosure, filing

from .drafts import Draft, Finding


def duties(draft: Draft) -> Iterator[Finding]:
    """How long a notice hangs, what else is filed, how content families must be with an outside institution."""
    law, on = draft.policy, draft.on
    for posted in disclosure.posted(law, on):
        yield Finding("note", posted.because, posted.cite, "budget", title="公示")
    for also in filing.besides_plan(law, on):
        yield Finding("note", also.because, also.cite, "budget", title="备案")
    if liked := conduct.outsiders_satisfy(law, on):
        yield Finding("note", liked.because, liked.cite, "content", title="校外机构")
