"""What the bureau fills in to try, propose and answer a policy."""

from django import forms
from django.core.files.uploadedfile import UploadedFile

from afterschool.policy.loader import PolicyFileError
from afterschool.schools.forms.fields import DayInput, PlainForm

LARGEST_FILE = 1024 * 1024
CODE_AREA = {"class": "font-monospace", "spellcheck": "false", "wrap": "off"}


def chosen_file(label: str, suffix: str) -> forms.FileField:
    return forms.FileField(label=label, required=False, widget=forms.FileInput(attrs={"accept": suffix}))


class PolicyForm(PlainForm):
    """A file, or its text; once read, the text stands in the box, so that what was sent can be mended there."""

    file = chosen_file("政策文件", ".toml")
    body = forms.CharField(
        label="政策文件的内容",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={**CODE_AREA, "rows": 14}),
        help_text="选了文件就不用填；传上来有错，可以直接在这里改。",
    )
    notice_file = chosen_file("通知原文，可以不传", ".txt")
    notice = forms.CharField(
        label="通知原文的内容",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="有了原文，会核对每一句引文是不是照抄的。",
    )

    def clean(self):
        self._take("file", "body")
        self._take("notice_file", "notice")
        if not self.errors and not self.cleaned_data["body"].strip():
            self.add_error("file", "请选一份政策文件，或者把内容贴在下面")
        return self.cleaned_data

    def _take(self, name: str, box: str) -> None:
        """The file counts before what stands in the box, and then stands there itself."""
        file, text = self.cleaned_data.get(name), self.cleaned_data.get(box, "")
        try:
            text = _text_of(file) if file else text
        except ValueError as odd:
            self.add_error(name, str(odd))
        self.cleaned_data[box] = text.replace("\r\n", "\n")
        self.data = {**self.data, box: self.cleaned_data[box]}

    def wish(self) -> dict[str, str]:
        """What `upload_policy` is asked for."""
        file, asked = self.cleaned_data["file"], self.cleaned_data
        return {"body": asked["body"], "notice": asked["notice"], "name": file.name if file else ""}

    def point_out(self, error: PolicyFileError) -> list[tuple[int, str]]:
        """Say at the box in which line something is wrong; returns that line with its neighbours."""
        lines = list(enumerate(self.cleaned_data["body"].splitlines(), 1))
        self.add_error("body", f"第 {error.line} 行要改，见页首")
        return lines[max(error.line - 2, 0) : error.line + 1]


def _text_of(file: UploadedFile) -> str:
    data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise ValueError("文件超过 1 MB，不像是一份政策文件")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ValueError("这不是文本文件，请用记事本另存为 UTF-8 再传")


class ProposalForm(PlainForm):
    began_on = forms.DateField(label="自哪天起", widget=DayInput(), help_text="某个月的 1 日。")
    reason = forms.CharField(label="为什么采用", max_length=200, help_text="确认的人和各校校长会看到。")


class DeclineForm(PlainForm):
    declined_because = forms.CharField(label="不同意或撤回的理由", max_length=200)

    def wish(self) -> dict[str, str]:
        return {"reason": self.cleaned_data["declined_because"]}
