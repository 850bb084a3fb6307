"""Campaigns in other languages, in Django's admin."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from actions.models import CampaignTranslation
from actions.translation_forms import OWN_FIELDS, TranslationForm, form_for

if TYPE_CHECKING:
    from django import forms

    _Admin = admin.ModelAdmin[Any]
else:
    _Admin = admin.ModelAdmin

_WHICH = ("campaign", "language")
WELSH = (
    "What is left empty is shown in English. Letters in Welsh are offered once there "
    "is one under “Letter templates” and every demand has its paragraph here."
)


class CampaignTranslationAdmin(_Admin):
    """One page for all that a campaign says in a language, each text with its English.

    What is left empty is shown in English.
    """

    form = TranslationForm
    list_display = ("campaign", "language")
    list_filter = ("language",)

    def get_readonly_fields(
        self, request: HttpRequest, obj: CampaignTranslation | None = None
    ) -> tuple[str, ...]:
        """Keep a translation with what it is one of."""
        always = tuple(map(str, super().get_readonly_fields(request, obj)))
        return (*always, *_WHICH) if obj else always

    def get_form(
        self,
        request: HttpRequest,
        obj: CampaignTranslation | None = None,
        change: bool = False,  # noqa: FBT001, FBT002 - Django's own signature
        **kwargs: Any,
    ) -> "type[forms.ModelForm[Any]]":
        """Ask for the texts once it is known of what, and into which language."""
        kwargs["form"] = form_for(obj)
        kwargs["fields"] = [*_WHICH, *OWN_FIELDS] if obj else [*_WHICH]
        return super().get_form(request, obj, change, **kwargs)

    def get_fieldsets(
        self, request: HttpRequest, obj: CampaignTranslation | None = None
    ) -> Any:
        """Show first the campaign's own texts, then those of its parts."""
        if obj is None:
            words = "Save it once: then its texts can be translated."
            return [(None, {"fields": _WHICH, "description": words})]
        # Of whoever may only look the admin makes no form, so there are no such fields.
        may_write = self.has_change_permission(request, obj)
        parts = form_for(obj).parts if may_write else ()
        return [
            (None, {"fields": _WHICH, "description": WELSH}),
            ("The campaign’s own texts", {"fields": OWN_FIELDS}),
            *((part.title, {"fields": part.names}) for part in parts),
        ]

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Any, change: Any
    ) -> None:
        """Keep the texts of the demands, questions and sources, too."""
        super().save_related(request, form, formsets, change)
        form.save_parts()

    def response_add(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's own signature
        obj: models.Model,
        post_url_continue: Any = None,  # noqa: ARG002
    ) -> HttpResponse:
        """Go on to the texts, whichever button was pressed."""
        return redirect("admin:actions_campaigntranslation_change", obj.pk)
