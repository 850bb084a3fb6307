"""The registers in Django's admin: to look at, and to put right by an override.

What a register owns is read-only, as the next load would undo any change. Staff may
end a term, add one that no register has yet, and override how somebody is reached.
"""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from representatives.models import (
    ByElection,
    Constituency,
    Office,
    ParliamentPeriod,
    RegisterVersion,
    Representative,
    RepresentativeOverride,
    SyncRun,
)

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
    _OverrideModelForm = forms.ModelForm[RepresentativeOverride]
else:
    _Admin = admin.ModelAdmin
    _OverrideModelForm = forms.ModelForm


# What the register says of a term, which a load would write again.
REGISTERS_OWN = (
    "constituency",
    "parliament_id",
    "full_title",
    "display_name",
    "address_as",
    "party",
    "email",
    "started",
)


class ReadOnlyAdmin(_Admin):
    """Rows to look at; only loading changes them."""

    def has_add_permission(self, *_: object, **__: object) -> bool:
        """Nobody adds."""
        return False

    def has_change_permission(self, *_: object, **__: object) -> bool:
        """Nobody changes."""
        return False

    def has_delete_permission(self, *_: object, **__: object) -> bool:
        """Nobody deletes."""
        return False


@admin.register(Constituency)
class ConstituencyAdmin(ReadOnlyAdmin):
    """The seats."""

    list_display = (
        "name",
        "name_cy",
        "code",
        "country",
        "region",
        "in_force_from",
        "in_force_until",
        "is_current",
    )
    list_filter = ("is_current", "in_force_from", "country", "region")
    search_fields = ("name", "name_cy", "code")


@admin.register(RegisterVersion)
class RegisterVersionAdmin(ReadOnlyAdmin):
    """What was loaded when."""

    list_display = (
        "register",
        "as_of",
        "entries",
        "is_current",
        "waits_for",
        "loaded_at",
    )
    list_filter = ("register", "is_current")


@admin.register(Representative)
class RepresentativeAdmin(_Admin):
    """Terms: staff end them, or add one that no register has yet."""

    list_display = (
        "display_name",
        "constituency",
        "party",
        "email",
        "is_current",
        "started",
        "ended",
    )
    list_filter = ("is_current", "party", "constituency__country")
    list_select_related = ("constituency",)
    search_fields = ("display_name", "constituency__name", "parliament_id")
    autocomplete_fields = ("constituency",)

    def get_fields(
        self, request: HttpRequest, obj: Representative | None = None
    ) -> tuple[str, ...]:
        """Lead to the override whoever may make one."""
        correction = ("correction",) if obj and _may_override(request) else ()
        return (
            *REGISTERS_OWN, *correction, "theyworkforyou_id", "ended", "is_current"
        )  # fmt: skip

    def get_readonly_fields(
        self, _request: HttpRequest, obj: Representative | None = None
    ) -> tuple[str, ...]:
        """Staff end a term that is there, and may say who it is for TheyWorkForYou."""
        return (*REGISTERS_OWN, "correction") if obj else ()

    def save_model(
        self, request: HttpRequest, obj: Representative, form: Any, change: Any
    ) -> None:
        """What staff say of a term counts from now on, and not what a register said."""
        if "is_current" in form.changed_data:
            obj.missing_since = ""
        super().save_model(request, obj, form, change)

    @admin.display(description="Wrong or out of date?")
    def correction(self, representative: Representative) -> SafeString:
        """Link to the member's override, or to a new one that knows the member."""
        number = representative.parliament_id
        known = RepresentativeOverride.objects.filter(parliament_id=number).first()
        page = "admin:representatives_representativeoverride"
        return format_html(
            '<a href="{}">Correct e-mail or form of address</a>',
            reverse(f"{page}_change", args=[known.pk])
            if known
            else f"{reverse(f'{page}_add')}?parliament_id={number}",
        )

    def has_delete_permission(self, *_: object, **__: object) -> bool:
        """Terms end; letters that were written to them stay."""
        return False


@admin.register(ParliamentPeriod)
class ParliamentPeriodAdmin(_Admin):
    """What Parliament is from when; everything that depends on it follows at once."""

    list_display = ("begins_on", "state", "note", "changed_at")
    fields = ("state", "begins_on", "note")
    ordering = ("-begins_on",)


@admin.register(ByElection)
class ByElectionAdmin(_Admin):
    """When vacant seats are filled; the page of such a seat says it."""

    list_display = ("constituency", "polling_on", "note", "changed_at")
    list_select_related = ("constituency",)
    search_fields = ("constituency__name",)
    autocomplete_fields = ("constituency",)
    fields = ("constituency", "polling_on", "note")


@admin.register(Office)
class OfficeAdmin(ReadOnlyAdmin):
    """What members hold besides their seats, as the register says."""

    list_display = ("name", "kind", "parliament_id", "is_current", "started", "ended")
    list_filter = ("is_current", "kind")
    search_fields = ("name", "parliament_id")


@admin.register(SyncRun)
class SyncRunAdmin(ReadOnlyAdmin):
    """Each reading of the members; one that waits is confirmed by the command."""

    list_display = ("started_at", "source", "state", "as_of", "ended_at")
    list_filter = ("state",)
    fields = (
        "source",
        "state",
        "as_of",
        "reason",
        "summary",
        "started_at",
        "ended_at",
    )


class OverrideForm(_OverrideModelForm):
    """An override of a member whom we know."""

    class Meta:
        help_texts: ClassVar = {
            "parliament_id": (
                "Filled in if you come by “Correct e-mail or form of address” on the "
                "MP's own page, under “Representatives”."
            )
        }

    def clean_parliament_id(self) -> int:
        """Refuse a number that is nobody's: such an override would do nothing."""
        number = int(self.cleaned_data["parliament_id"])
        if not Representative.objects.filter(parliament_id=number).exists():
            raise ValidationError(
                f"No MP here has the Parliament id {number}. Find the MP under "
                "“Representatives” and follow “Correct e-mail or form of address”.",
                code="unknown_member",
            )
        return number


@admin.register(RepresentativeOverride)
class RepresentativeOverrideAdmin(_Admin):
    """What staff know better."""

    form = OverrideForm
    list_display = (
        "member",
        "seat",
        "email",
        "address_as",
        "parliament_id",
        "changed_at",
    )
    search_fields = ("member_name", "seat_name", "parliament_id", "email", "address_as")

    def get_fields(
        self, _request: HttpRequest, obj: RepresentativeOverride | None = None
    ) -> tuple[str, ...]:
        """Say whose it is, once that is known."""
        ours = ("parliament_id", "email", "address_as", "note")
        return ("member", "seat", *ours, "changed_at") if obj else ours

    def get_readonly_fields(
        self, _request: HttpRequest, obj: RepresentativeOverride | None = None
    ) -> tuple[str, ...]:
        """An override stays its member's."""
        return ("member", "seat", "parliament_id", "changed_at") if obj else ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[RepresentativeOverride]:
        """Add name and seat of each member's present term, else of the last."""
        terms = Representative.objects.filter(
            parliament_id=OuterRef("parliament_id")
        ).order_by("-is_current", "-pk")
        overrides: QuerySet[RepresentativeOverride] = super().get_queryset(request)
        return overrides.annotate(
            member_name=Subquery(terms.values("display_name")[:1]),
            seat_name=Subquery(terms.values("constituency__name")[:1]),
        )

    @admin.display(ordering="member_name")
    def member(self, override: RepresentativeOverride) -> str | None:
        """Name whom it is about."""
        return getattr(override, "member_name", None)

    @admin.display(ordering="seat_name")
    def seat(self, override: RepresentativeOverride) -> str | None:
        """Name their seat."""
        return getattr(override, "seat_name", None)


def _may_override(request: HttpRequest) -> bool:
    deeds = ("add", "change")
    return request.user.has_perms(
        [f"representatives.{deed}_representativeoverride" for deed in deeds]
    )
