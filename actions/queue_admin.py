"""The person's queue in Django's admin: what waits until somebody has looked at it.

A letter is read here only while it is held for a person, by whoever may decide on it,
and each reading and each decision is written down with their name.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, F, Min, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.text import capfirst
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from actions import composing, reasons
from actions.models import Letter, OfficeReport
from actions.screening import deciding

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
else:
    _Admin = admin.ModelAdmin

MOST_LISTED: Final = 200
HELD_AGAIN: Final = (
    "You let it go, but it does not go yet: it is held for another reason now: {why}."
)
GOES_AGAIN: Final = "Letters go to this office again."
STOPPED_STILL: Final = (
    "Lifted. Letters of this campaign wait still: the office asked for that with "
    "another letter, too, and that stands in the list by itself."
)
DONE: Final = "Accepted, and done."
IN_VAIN: Final = (
    "Accepted, but nothing could follow: the letter was erased meanwhile, and with it "
    "whose mailbox it came from."
)


# Of letters that nobody has to read.
_HOW_MANY: Final = {"letters": Count("pk"), "ends_at": Min("decide_by")}


class QueueAdmin(_Admin):
    """A list, a page of each thing in it, and buttons: nothing is typed over."""

    list_template: str
    page_template: str
    # By the last word of its address: what a button does.
    deeds: ClassVar[tuple[str, ...]]

    def get_urls(self) -> list[URLPattern]:
        """Give the list, the page and one address for each button."""
        guard, name = self.admin_site.admin_view, self.opts.model_name
        return [
            path("", guard(self.changelist_view), name=f"actions_{name}_changelist"),
            path("<uuid:key>/", guard(self.page), name=f"actions_{name}_change"),
            *(
                path(
                    f"<uuid:key>/{deed}/",
                    guard(partial(self.press, deed=deed)),
                    name=f"actions_{name}_{deed}",
                )
                for deed in self.deeds
            ),
        ]

    def waiting(self) -> QuerySet[Any]:
        """Ask for what waits, the most pressing first."""
        raise NotImplementedError

    def made_ready(
        self, deed: str, chosen: Any, by: Any
    ) -> Callable[[], tuple[bool, str]]:
        """Do what takes long and changes nothing; give what then does the rest."""
        return partial(self.do, deed, chosen, by)

    def do(self, deed: str, chosen: Any, by: Any) -> tuple[bool, str]:
        """Do what a button says; say whether it did anything, and what."""
        raise NotImplementedError

    def about(self, chosen: Any) -> dict[str, Any]:
        """Give what the page of one thing shows."""
        raise NotImplementedError

    def has_add_permission(self, *_: object, **__: object) -> bool:
        """Nobody adds: things come by themselves."""
        return False

    def has_delete_permission(self, *_: object, **__: object) -> bool:
        """Nobody deletes: a decision ends it."""
        return False

    @method_decorator(require_safe)
    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Show what waits, so much of it that a page can hold."""
        self._demand(request)
        waiting = list(self.waiting()[: MOST_LISTED + 1])
        return self._drawn(
            request,
            self.list_template,
            {
                "waiting": waiting[:MOST_LISTED],
                "are_more": len(waiting) > MOST_LISTED,
                **(extra_context or {}),
            },
        )

    @method_decorator([require_safe, never_cache])
    def page(self, request: HttpRequest, key: Any) -> HttpResponse:
        """Show one thing whole, and write down who looked at it."""
        self._demand(request)
        chosen = self._find(request, key)
        if chosen is None:
            return self._back()
        self.log_change(request, chosen, "Looked at it.")
        return self._drawn(
            request, self.page_template, {"chosen": chosen, **self.about(chosen)}
        )

    @method_decorator([require_POST, never_cache])
    def press(self, request: HttpRequest, key: Any, deed: str) -> HttpResponse:
        """Do what the button says, once, and write down who pressed it."""
        self._demand(request, "change")
        chosen = self._find(request, key)
        if chosen is None:
            return self._back()
        do = self.made_ready(deed, chosen, _whoever_asks(request))
        # Never one without the other.
        with transaction.atomic():
            is_done, words = do()
            if is_done:
                self.log_change(request, chosen, words)
        if is_done:
            messages.success(request, words)
        else:
            self._say_it_is_gone(request)
        return self._back()

    def _find(self, request: HttpRequest, key: Any) -> Any:
        chosen = self.waiting().filter(pk=key).first()
        if chosen is None:
            # So that no other row can be asked for by its key.
            get_object_or_404(self.model._default_manager, pk=key)
            self._say_it_is_gone(request)
        return chosen

    def _say_it_is_gone(self, request: HttpRequest) -> None:
        messages.warning(
            request,
            "That does not wait any more: somebody decided on it, its writer stopped "
            "it, or its time was over.",
        )

    def _demand(self, request: HttpRequest, deed: str = "view") -> None:
        if not request.user.has_perm(f"actions.{deed}_{self.opts.model_name}"):
            raise PermissionDenied

    def _back(self) -> HttpResponse:
        return redirect(f"admin:actions_{self.opts.model_name}_changelist")

    def _drawn(
        self, request: HttpRequest, template: str, more: dict[str, Any]
    ) -> TemplateResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": capfirst(self.opts.verbose_name_plural),
            "opts": self.opts,
            "may_decide": request.user.has_perm(
                f"actions.change_{self.opts.model_name}"
            ),
            **more,
        }
        return TemplateResponse(request, template, context, using="django")


class HeldLetterAdmin(QueueAdmin):
    """Letters that a person reads before they go."""

    list_template = "admin/queue/letters.html"
    page_template = "admin/queue/letter.html"
    deeds = ("let_go", "give_back")

    def waiting(self) -> QuerySet[Any]:
        """Ask for the letters, whichever ends first."""
        return (
            Letter.objects.for_a_person()
            .select_related("campaign")
            .order_by("decide_by")
        )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Show besides what waits for the registers: of such letters, no words."""
        waiting = Letter.objects
        unsure = waiting.without_a_new_register().aggregate(**_HOW_MANY)
        seats = _counted(waiting.without_a_result(), "constituency__name")
        reasons_for_it = _counted(waiting.until_there_is_an_mp(), "held_for")
        more = {
            "without_new_register": unsure,
            "seats_without_result": seats,
            "without_an_mp": [
                {**row, "name": capfirst(Letter.Hold(row["name"]).label)}
                for row in reasons_for_it
            ],
            **(extra_context or {}),
        }
        return super().changelist_view(request, more)

    def about(self, chosen: Letter) -> dict[str, Any]:
        """Show the letter as the MP would read it, and its writer's earlier ones."""
        return {
            "sheet": composing.lay_out(chosen),
            "text": composing.text_of(chosen),
            "may_have_gone": reasons.may_have_gone(chosen),
            "words_if_given_back": deciding.GIVEN_BACK[Letter.Hold(chosen.held_for)],
        }

    def do(self, deed: str, chosen: Letter, _by: Any) -> tuple[bool, str]:
        """Let it go, or give it back."""
        now = timezone.now()
        if deed == "let_go":
            is_done = deciding.let_go(chosen, now)
            if chosen.state == Letter.State.HELD:
                return is_done, HELD_AGAIN.format(why=chosen.get_held_for_display())
            return is_done, "The letter goes."
        return (
            deciding.give_back(chosen, now),
            "The letter is given back to its writer, who is told why.",
        )


class OfficeReportAdmin(QueueAdmin):
    """What MPs' offices told us, until a person has decided on it."""

    list_template = "admin/queue/reports.html"
    page_template = "admin/queue/report.html"
    deeds = ("accept", "decline", "lift")

    def waiting(self) -> QuerySet[Any]:
        """Ask for what is open, then for stops that stand and can be lifted."""
        every = OfficeReport.objects
        return (
            (every.open() | every.stops())
            .select_related("letter__campaign", "letter__representative")
            .order_by("decision", "told_at")
        )

    def about(self, chosen: OfficeReport) -> dict[str, Any]:
        """Show the letter, as far as it is not erased."""
        letter = chosen.letter
        return {"text": "" if letter.is_forgotten else composing.text_of(letter)}

    def do(self, deed: str, chosen: OfficeReport, by: Any) -> tuple[bool, str]:
        """Accept it, set it aside, or let letters go to the office again."""
        now = timezone.now()
        match deed:
            case "accept":
                is_accepted = deciding.accept(chosen, now, by=by)
                return is_accepted, IN_VAIN if deciding.is_in_vain(chosen) else DONE
            case "decline":
                return deciding.decline(chosen, now, by=by), "Set aside."
            case _:
                is_lifted = deciding.lift(chosen, now)
                others = OfficeReport.objects.stops().that_concern(chosen.letter)
                return is_lifted, STOPPED_STILL if others.exists() else GOES_AGAIN


class HoldRuleAdmin(_Admin):
    """Words at which a person looks."""

    list_display = ("phrase", "is_in_force", "note")
    list_filter = ("is_in_force",)
    search_fields = ("phrase", "note")


class HoldLimitAdmin(_Admin):
    """The two numbers above which a person looks: nobody adds one or takes it away."""

    list_display = ("__str__", "most", "note")
    readonly_fields = ("of",)
    fields = ("of", "most", "note")

    def has_add_permission(self, *_: object, **__: object) -> bool:
        """Nobody: each has its place in the code."""
        return False

    def has_delete_permission(self, *_: object, **__: object) -> bool:
        """Nobody: without a limit anything would go."""
        return False


def _counted(letters: QuerySet[Any], field: str) -> list[dict[str, Any]]:
    """Count them by a field, whichever end first."""
    named = letters.values(name=F(field))
    return list(named.annotate(**_HOW_MANY).order_by("ends_at", "name"))


def _whoever_asks(request: HttpRequest) -> Any:
    """Give the user; the admin lets in nobody who is none."""
    return request.user
