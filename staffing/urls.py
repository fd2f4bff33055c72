from django.urls import path

from .views import duty, rota, stipend

app_name = "staffing"
urlpatterns = [
    path("", rota.rota, name="rota"),
    path("plan/", rota.rota_plan, name="rota-plan"),
    path("duties/new/", rota.duty_create, name="duty-create"),
    path("duties/<int:pk>/", rota.duty_detail, name="duty-detail"),
    path("duties/<int:pk>/substitute/", rota.duty_substitute, name="duty-substitute"),
    path("duties/<int:pk>/delete/", rota.duty_delete, name="duty-delete"),
    path("mine/", duty.my_duty, name="my-duty"),
    path("duties/<int:pk>/arrive/", duty.duty_arrive, name="duty-arrive"),
    path("duties/<int:pk>/leave/", duty.duty_leave, name="duty-leave"),
    path("hours/", duty.duty_confirm_list, name="duty-confirm-list"),
    path("duties/<int:pk>/amend/", duty.duty_amend, name="duty-amend"),
    path("my-stipends/", stipend.my_stipend_list, name="my-stipend-list"),
    path("my-stipends/<int:pk>/", stipend.my_stipend_detail, name="my-stipend-detail"),
    path("stipends/", stipend.stipend_sheet_list, name="stipend-sheet-list"),
    path("stipends/draft/", stipend.stipend_sheet_draft, name="stipend-sheet-draft"),
    path("stipends/<int:pk>/", stipend.stipend_sheet_detail, name="stipend-sheet-detail"),
    path("stipends/<int:pk>/review/", stipend.stipend_sheet_review, name="stipend-sheet-review"),
    path("stipends/<int:pk>/approve/", stipend.stipend_sheet_approve, name="stipend-sheet-approve"),
    path("stipends/<int:pk>/return/", stipend.stipend_sheet_return, name="stipend-sheet-return"),
    path("stipends/<int:pk>/sheet.xlsx", stipend.stipend_sheet_xlsx, name="stipend-sheet-xlsx"),
    path("stipends/<int:pk>/sheet.pdf", stipend.stipend_sheet_pdf, name="stipend-sheet-pdf"),
]
