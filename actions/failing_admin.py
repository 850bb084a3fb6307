"""Addresses that letters wait for, in Django's admin: a mark ends by a button."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from actions import failing
from actions.models import FailingAddress
from actions.screening import mending

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
else:
    _Admin = admin.ModelAdmin

WITHOUT_A_MARK: Final = (
    "Letters wait, too, for MPs of whom the register has no address that works: "
    "{names}. Write it down on the MP’s page (“Correct e-mail or form of address”); "
    "they go within minutes."
)


class FailingAddressAdmin(_Admin):
    """Addresses that letters wait for; a mark ends by a button."""

    list_display = ("address", "since", "cause", "waiting_letters")
    fields = ("address", "since", "cause", "waiting_letters")
    actions = ("mend",)
    actions_selection_counter = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[FailingAddress]:
        """Show those that stand."""
        found: QuerySet[Any] = super().get_queryset(request)
        return found.filter(mended_at=None)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Say besides to which MPs letters wait without a mark: for any address."""
        waiting = mending.without_a_mark(live=settings.DELIVERY_IS_LIVE)
        names = waiting.values_list("representative__display_name", flat=True)
        if request.method == "GET" and (known := sorted(set(names))):
            messages.warning(request, WITHOUT_A_MARK.format(names=", ".join(known)))
        return super().changelist_view(request, extra_context)

    def get_actions(
        self, request: HttpRequest
    ) -> dict[str, tuple[Callable[..., Any], str, str] | None]:
        """Give the one button to whoever may use it; nothing is deleted."""
        mine = super().get_actions(request)
        return {"mend": mine["mend"]} if self._may_mend(request) else {}

    def has_add_permission(self, *_: object, **__: object) -> bool:
        """Marks come from mail that comes back, and from offices."""
        return False

    def has_change_permission(self, *_: object, **__: object) -> bool:
        """Nothing is typed over."""
        return False

    def has_delete_permission(self, *_: object, **__: object) -> bool:
        """A mark is ended and stays on record."""
        return False

    @admin.display(description="letters that wait")
    def waiting_letters(self, mark: FailingAddress) -> int:
        """Count them."""
        return failing.waiting_for(mark).count()

    @admin.action(
        description="The address works: let the letters go to the MP’s address of now"
    )
    def mend(self, request: HttpRequest, marks: QuerySet[FailingAddress]) -> None:
        """End the marks."""
        if not self._may_mend(request):
            raise PermissionDenied
        now = timezone.now()
        # The admin lets in nobody who is no user.
        by: Any = request.user
        ended = []
        for mark in marks:
            # Never one without the other.
            with transaction.atomic():
                if failing.mend(mark, now, by=by):
                    self.log_change(request, mark, "Let letters go to this MP again.")
                    ended.append(mark)
        for live in {not mark.is_demo for mark in ended}:
            mending.let_go(now, live=live)
        messages.success(request, f"{len(ended)} ended.")

    def _may_mend(self, request: HttpRequest) -> bool:
        return request.user.has_perm("actions.change_failingaddress")
