"""What people do with the rota, their duty and the stipend sheet."""

from .duty import amend_duty, arrive, confirm_duties, leave_post
from .rota import plan_rota, put_on_duty, remove_duty, substitute
from .stipend import approve_sheet, draft_sheet, return_sheet, review_sheet

__all__ = [
    "amend_duty", "approve_sheet", "arrive", "confirm_duties", "draft_sheet", "leave_post", "plan_rota",
    "put_on_duty", "remove_duty", "return_sheet", "review_sheet", "substitute",
]  # fmt: skip
