from django.urls import path

from .views import families, manage, public, reports

app_name = "disclosures"
urlpatterns = [
    path("public/", public.index, name="public-index"),
    path("public/<str:code>/<month:month>/", public.page, name="public-page"),
    path("public/<str:code>/<month:month>/sheet.pdf", public.pdf, name="public-pdf"),
    path("public/<str:code>/<month:month>/sheet.xlsx", public.xlsx, name="public-xlsx"),
    path("public/<str:code>/<month:month>/content.json", public.content, name="public-content"),
    path("disclosures/", manage.disclosure_list, name="manage-list"),
    path("disclosures/months/<int:pk>/compose/", manage.disclosure_compose, name="compose"),
    path("disclosures/<int:pk>/", manage.disclosure_detail, name="manage-detail"),
    path("disclosures/<int:pk>/publish/", manage.disclosure_publish, name="publish"),
    path("disclosures/<int:pk>/correct/", manage.disclosure_correct, name="correct"),
    path("my-receipts/<int:pk>/receipt.pdf", families.receipt_paper, name="my-receipt"),
    path("my-months/", families.month_list, name="my-months"),
    path("my-months/<int:student_id>/<month:month>/", families.month_detail, name="my-month"),
    path("my-months/<int:student_id>/<month:month>/objection/", families.objection_create, name="objection-create"),
    path("my-months/<int:student_id>/fee-report/", reports.fee_report_create, name="fee-report-create"),
    path("disclosures/fee-reports/", reports.fee_report_list, name="fee-report-list"),
    path("disclosures/fee-reports/<int:pk>/answer/", reports.fee_report_answer, name="fee-report-answer"),
]
