"""Campaigns, their demands, sources and letters in Django's admin.

Letters, deliveries and tallies are not here, not even to look at, save the few letters
that wait for a person (``queue_admin``). They are people's data: who wrote, from where,
and what they think. Nobody on the staff needs to read them for a letter to arrive; the
writer alone has a page for each, and counts come from tallies that hold nothing of
anybody. A tally that staff could change would be no count.
"""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from actions import pacing
from actions.failing_admin import FailingAddressAdmin
from actions.incoming_admin import IncomingMailAdmin
from actions.mailing_list_admin import MailingListAdmin
from actions.models import (
    Campaign,
    CampaignTranslation,
    Demand,
    FailingAddress,
    HeldLetter,
    HoldLimit,
    HoldRule,
    IncomingMail,
    LetterTemplate,
    LetterTemplateVersion,
    OfficeReport,
    Prompt,
    Source,
    Subscription,
)
from actions.models.campaigns import web_page_validator
from actions.queue_admin import (
    HeldLetterAdmin,
    HoldLimitAdmin,
    HoldRuleAdmin,
    OfficeReportAdmin,
)
from actions.staff_forms import (
    CampaignForm,
    DemandForm,
    DemandFormSet,
    InOrderFormSet,
    LetterTemplateForm,
    PromptForm,
)
from actions.translation_admin import CampaignTranslationAdmin

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
    _Stacked = admin.StackedInline[Any, Any]
    _Tabular = admin.TabularInline[Any, Any]
else:
    _Admin = admin.ModelAdmin
    _Stacked = admin.StackedInline
    _Tabular = admin.TabularInline


class DemandInline(_Stacked):
    """The demands on the campaign's page."""

    model = Demand
    form = DemandForm
    formset = DemandFormSet
    extra = 0


class PromptInline(_Stacked):
    """The questions that help people find their own words."""

    model = Prompt
    form = PromptForm
    formset = InOrderFormSet
    extra = 0


class SourceInline(_Stacked):
    """Where the campaign's facts come from."""

    model = Source
    extra = 0
    formfield_overrides: ClassVar = {
        models.URLField: {"assume_scheme": "https", "validators": [web_page_validator]}
    }


admin.site.register(Subscription, MailingListAdmin)
admin.site.register(CampaignTranslation, CampaignTranslationAdmin)
admin.site.register(HeldLetter, HeldLetterAdmin)
admin.site.register(OfficeReport, OfficeReportAdmin)
admin.site.register(HoldRule, HoldRuleAdmin)
admin.site.register(HoldLimit, HoldLimitAdmin)
admin.site.register(FailingAddress, FailingAddressAdmin)
admin.site.register(IncomingMail, IncomingMailAdmin)


@admin.register(Campaign)
class CampaignAdmin(_Admin):
    """A campaign's page, its demands and its sources."""

    form = CampaignForm
    fieldsets = (
        (None, {"fields": ("title", "slug", "state", "letters_go_from")}),
        (
            "The campaign’s page",
            {
                "fields": (
                    "headline",
                    "lede",
                    "story",
                    "colour",
                    "colour_in_dark",
                    "imprint",
                )
            },
        ),
        (
            "The writer’s own words",
            {
                "description": "The one question here is asked where there are no "
                "prompts below.",
                "fields": (
                    "question",
                    "question_help",
                    "accepts_signatures",
                    "least_own_words",
                ),
            },
        ),
        (
            "After the letter",
            {
                "description": "Shown to whoever has sent a letter. What is empty is "
                "not offered.",
                "fields": ("stock_reply_help", "meeting_help", "donate_url"),
            },
        ),
    )
    inlines = (DemandInline, PromptInline, SourceInline)
    list_display = ("title", "state", "slug", "created_at")
    list_filter = ("state",)

    def save_model(
        self,
        request: HttpRequest,
        obj: Campaign,
        form: CampaignForm,
        change: bool,  # noqa: FBT001 - Django's own signature
    ) -> None:
        """Have the letters that wait go by the new day, if it is another."""
        super().save_model(request, obj, form, change)
        if change and "letters_go_from" in form.changed_data:
            pacing.replan(obj, timezone.now())

    def view_on_site(self, campaign: Campaign) -> str:
        """Return the address of its page."""
        return reverse("campaign", kwargs={"slug": campaign.slug})


class LetterTemplateVersionInline(_Tabular):
    """The versions so far, to look at."""

    model = LetterTemplateVersion
    verbose_name_plural = "versions so far"
    fields = readonly_fields = ("number", "created_at", "created_by", "subject", "body")
    ordering = ("-number",)
    extra = 0
    can_delete = False

    def has_add_permission(self, *_: object, **__: object) -> bool:
        """Nobody adds one here: saving the text does."""
        return False

    def has_change_permission(self, *_: object, **__: object) -> bool:
        """Nobody changes one: letters point at them."""
        return False


@admin.register(LetterTemplate)
class LetterTemplateAdmin(_Admin):
    """A campaign's letter."""

    form = LetterTemplateForm
    inlines = (LetterTemplateVersionInline,)
    list_display = ("campaign", "language")

    def get_fields(
        self, request: HttpRequest, obj: LetterTemplate | None = None
    ) -> tuple[str, ...]:
        """Show the text to whoever may change it; the others find it below."""
        may_write = (
            self.has_change_permission(request, obj)
            if obj
            else self.has_add_permission(request)
        )
        text = ("subject", "body", "seen") if may_write else ()
        return ("campaign", "language", *text)

    def get_readonly_fields(
        self, request: HttpRequest, obj: LetterTemplate | None = None
    ) -> tuple[str, ...]:
        """Keep a letter with the campaign that it was written for."""
        always = tuple(map(str, super().get_readonly_fields(request, obj)))
        return (*always, "campaign", "language") if obj else always

    def has_delete_permission(self, *_: object, **__: object) -> bool:
        """Nobody deletes one: letters point at its versions."""
        return False

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> LetterTemplate | None:
        """Fetch a letter; to be saved by one at a time, so that none is overtaken."""
        found: LetterTemplate | None = super().get_object(
            request, object_id, from_field
        )
        if found and request.method == "POST":
            LetterTemplate.objects.select_for_update().get(pk=found.pk)
        return found

    def save_model(
        self,
        request: HttpRequest,
        obj: LetterTemplate,
        form: LetterTemplateForm,
        change: bool,  # noqa: FBT001 - Django's own signature
    ) -> None:
        """Keep the text as a new version."""
        super().save_model(request, obj, form, change)
        form.add_version(request.user)
