"""What visitors tell us of a service, as they send it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from geo.choices import FeedbackKind, FeedbackOutcome, FeedbackReason
from geo.models import Feedback, Service
from geo.models.feedback import LONGEST_COMMENT
from geo.personal import refuse_contact_details


class FeedbackForm(forms.Form):
    """“Something is wrong”, with its reasons; or “did you get help?”, with its answer."""

    kind = forms.ChoiceField(choices=FeedbackKind.choices)
    reasons = forms.MultipleChoiceField(choices=FeedbackReason.choices, required=False)
    outcome = forms.ChoiceField(choices=FeedbackOutcome.choices, required=False)
    comment = forms.CharField(
        required=False,
        max_length=LONGEST_COMMENT,
        validators=[refuse_contact_details],
        error_messages={
            "max_length": _("Write less: at most %(limit_value)d characters."),
        },
    )
    # People do not see this field; machines fill it in.
    website = forms.CharField(required=False)

    def clean(self) -> dict:
        """Each kind has its own question, which must be answered."""
        cleaned = super().clean()
        kind = cleaned.get("kind")
        if kind == FeedbackKind.WRONG and not cleaned.get("reasons"):
            self.add_error("reasons", _("Tick at least one box."))
        if kind == FeedbackKind.HELPED and not cleaned.get("outcome"):
            self.add_error("outcome", _("Choose an answer."))
        return cleaned

    @property
    def is_from_a_machine(self) -> bool:
        """The field that nobody sees was filled in."""
        return bool(self.data.get("website"))

    def message(self, service: Service, language: str) -> Feedback:
        """The message, not written down yet."""
        sent = self.cleaned_data
        is_wrong = sent["kind"] == FeedbackKind.WRONG
        return Feedback(
            service=service,
            kind=sent["kind"],
            reasons=sent["reasons"] if is_wrong else [],
            outcome="" if is_wrong else sent["outcome"],
            comment=sent["comment"],
            language=language,
        )
