"""The lists of e-mail updates in Django's admin: how long they are, and as a file.

Who is on them is not to be looked at here; whoever needs the addresses takes the list
of one campaign away, and that is written down.
"""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from actions import mailing_lists
from actions.models import Campaign

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
else:
    _Admin = admin.ModelAdmin


class MailingListAdmin(_Admin):
    """One page with every campaign's list; nothing can be added or changed."""

    def get_urls(self) -> list[URLPattern]:
        """Give the page and the export alone: there is no page of any one address."""
        site = self.admin_site
        return [
            path(
                "",
                site.admin_view(self.changelist_view),
                name="actions_subscription_changelist",
            ),
            path(
                "<int:campaign>/export/",
                site.admin_view(self.export_view),
                name="actions_subscription_export",
            ),
        ]

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the app's name to whoever may take a list away."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, *_: object) -> bool:
        """Whether somebody may take a list away."""
        return request.user.has_perm("actions.export_subscriptions")

    def has_add_permission(self, *_: object, **__: object) -> bool:
        """Nobody adds: people ask for themselves."""
        return False

    def has_change_permission(self, *_: object, **__: object) -> bool:
        """Nobody changes."""
        return False

    def has_delete_permission(self, *_: object, **__: object) -> bool:
        """Nobody deletes: people leave, and are erased then."""
        return False

    @method_decorator(require_safe)
    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Show how long each list is."""
        self._demand_permission(request)
        context = {
            **self.admin_site.each_context(request),
            "title": "E-mail updates",
            "lists": mailing_lists.lists(),
            "opts": self.opts,
            **(extra_context or {}),
        }
        template = "admin/mailing_lists.html"
        return TemplateResponse(request, template, context, using="django")

    @method_decorator([require_POST, never_cache])
    def export_view(self, request: HttpRequest, campaign: int) -> HttpResponse:
        """Hand out one campaign's list, and write down who took it."""
        self._demand_permission(request)
        chosen = get_object_or_404(Campaign, pk=campaign)
        export = mailing_lists.export(chosen, now=timezone.now())
        self.log_change(
            request,
            chosen,
            f"Took away the list for e-mail updates, {export.addresses} long.",
        )
        return HttpResponse(
            export.text,
            content_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="{export.file_name}"'
            },
        )

    def _demand_permission(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied
