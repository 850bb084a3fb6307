"""The public registers as rows: seats, who holds them, where postcodes lie."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy, gettext_noop

from representatives.kept_answers import KeptAnswer

# Django finds the models of an app here.
__all__ = ["KeptAnswer"]


class Country(models.TextChoices):
    """The four countries that elect the House of Commons.

    Stored in English, as everything of the registers; a label is in the reader's
    language.
    """

    ENGLAND = "England", gettext_lazy("England")
    NORTHERN_IRELAND = "Northern Ireland", gettext_lazy("Northern Ireland")
    SCOTLAND = "Scotland", gettext_lazy("Scotland")
    WALES = "Wales", gettext_lazy("Wales")


# The register's regions, besides countries that are one: translated when shown.
REGIONS = (
    # Translators: this, and the points of the compass, are names of regions of England.
    gettext_noop("East Midlands"),
    gettext_noop("East of England"),
    gettext_noop("London"),
    gettext_noop("North East"),
    gettext_noop("North West"),
    gettext_noop("South East"),
    gettext_noop("South West"),
    gettext_noop("West Midlands"),
    gettext_noop("Yorkshire and The Humber"),
)


class Register(models.TextChoices):
    """The three registers, in the order in which they are loaded."""

    CONSTITUENCIES = "constituencies", "constituencies"
    MEMBERS = "members", "members of the House of Commons"
    POSTCODES = "postcodes", "postcodes"


class RegisterVersionQuerySet(models.QuerySet["RegisterVersion"]):
    """Asks about editions."""

    def current(self) -> Self:
        """One of each register at most."""
        return self.filter(is_current=True)


class RegisterVersion(models.Model):
    """One edition of one register, as it was loaded, and whose it is."""

    register = models.CharField(max_length=20, choices=Register)
    as_of = models.CharField(
        "as of",
        max_length=10,
        help_text="The day or month that the register describes.",
    )
    digest = models.CharField(
        max_length=64,
        help_text="SHA-256 of what was loaded, which tells editions apart.",
    )
    entries = models.PositiveIntegerField(
        help_text="How many seats, members or postcodes it lists."
    )
    source = models.TextField()
    licence = models.TextField()
    licence_url = models.URLField()
    attribution = models.TextField(help_text="Verbatim, as the licence asks.")
    loaded_at = models.DateTimeField()
    is_current = models.BooleanField(default=False)

    objects = RegisterVersionQuerySet.as_manager()

    class Meta:
        ordering = ("register", "-as_of", "-loaded_at")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["register"],
                condition=Q(is_current=True),
                name="one_current_version_per_register",
                violation_error_message="This register already has a current version.",
            ),
            models.CheckConstraint(
                condition=Q(register__in=Register.values),
                name="register_is_one_of_the_three",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_register_display()} as of {self.as_of}"


class ConstituencyQuerySet(models.QuerySet["Constituency"]):
    """Asks about seats."""

    def renamed(self) -> Self:
        """Those few that other people's files may still call by a former code."""
        return self.exclude(former_codes=[])


class Constituency(models.Model):
    """One seat of the House of Commons, on the boundaries of 2024."""

    code = models.CharField("GSS code", max_length=9, unique=True)
    former_codes = models.JSONField(
        default=list, blank=True, help_text="GSS codes that older files use for it."
    )
    name = models.CharField(max_length=100)
    name_cy = models.CharField(
        "name in Welsh",
        max_length=100,
        blank=True,
        help_text="Blank if it is the same.",
    )
    country = models.CharField(max_length=20, choices=Country)
    region = models.CharField(max_length=40)
    hex_q = models.SmallIntegerField("cartogram column")
    hex_r = models.SmallIntegerField(
        "cartogram row",
        help_text="North is the larger; odd rows lie half a cell right.",
    )

    objects = ConstituencyQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        verbose_name_plural = "constituencies"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(country__in=Country.values),
                name="country_is_one_of_the_four",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RepresentativeOverride(models.Model):
    """What staff know better than the register; no import ever touches it.

    ``lookup`` puts it in the place of what the register says.
    """

    parliament_id = models.PositiveIntegerField("Parliament id", unique=True)
    email = models.EmailField("e-mail", blank=True, help_text="Blank: the register's.")
    address_as = models.CharField(
        "form of address",
        max_length=100,
        blank=True,
        help_text="What follows “Dear”. Blank: the register's.",
    )
    note = models.TextField(blank=True, help_text="How we know, for the next person.")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("parliament_id",)

    def __str__(self) -> str:
        return f"override for member {self.parliament_id}"


class RepresentativeQuerySet(models.QuerySet["Representative"]):
    """Asks about terms."""

    def current(self) -> Self:
        """Those who speak for a seat now: one each at most."""
        return self.filter(is_current=True)


class Representative(models.Model):
    """One person's term in one seat. Either date may be unknown."""

    constituency = models.ForeignKey(
        Constituency, on_delete=models.PROTECT, related_name="representatives"
    )
    parliament_id = models.PositiveIntegerField("Parliament id", db_index=True)
    full_title = models.CharField(max_length=200, help_text="As on an envelope.")
    display_name = models.CharField(max_length=150)
    address_as = models.CharField(
        "form of address", max_length=150, help_text="What follows “Dear”."
    )
    party = models.CharField(max_length=100)
    email = models.EmailField("e-mail", blank=True)
    started = models.DateField(null=True, blank=True)
    ended = models.DateField(null=True, blank=True)
    is_current = models.BooleanField(default=True)

    objects = RepresentativeQuerySet.as_manager()

    class Meta:
        ordering = ("display_name",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["constituency"],
                condition=Q(is_current=True),
                name="one_current_representative_per_seat",
                violation_error_message=(
                    "This seat has a current representative: end that term first."
                ),
            ),
            models.UniqueConstraint(
                fields=["parliament_id"],
                condition=Q(is_current=True),
                name="one_current_seat_per_member",
                violation_error_message=(
                    "This member currently holds another seat: end that term first."
                ),
            ),
            models.CheckConstraint(
                condition=Q(is_current=False) | Q(ended__isnull=True),
                name="current_representatives_have_not_ended",
                violation_error_message="A term that has ended is not current.",
            ),
            models.CheckConstraint(
                condition=Q(started__isnull=True)
                | Q(ended__isnull=True)
                | Q(ended__gte=F("started")),
                name="terms_do_not_end_before_they_start",
                violation_error_message="A term cannot end before it has started.",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name


class PostcodeSectorQuerySet(models.QuerySet["PostcodeSector"]):
    """Asks about sectors."""

    def current(self) -> Self:
        """Those of the loaded directory."""
        return self.filter(
            version__register=Register.POSTCODES, version__is_current=True
        )

    def former(self) -> Self:
        """Those of a replaced directory, or of one that is not yet whole."""
        return self.filter(version__is_current=False)


class PostcodeSector(models.Model):
    """The part of one postcode sector that lies in one seat."""

    version = models.ForeignKey(
        RegisterVersion, on_delete=models.CASCADE, related_name="sectors"
    )
    sector = models.CharField(max_length=6, help_text="All but two letters: SW1A 1.")
    constituency = models.ForeignKey(Constituency, on_delete=models.PROTECT)
    units = models.TextField(
        blank=True, help_text="The two-letter units run together: AAABAE."
    )
    ended_units = models.TextField(
        blank=True,
        default="",
        help_text="Those that ended not long before, in the same way.",
    )

    objects = PostcodeSectorQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            # Its index is also the way in for every look-up.
            models.UniqueConstraint(
                fields=["version", "sector", "constituency"],
                name="one_row_per_version_sector_and_seat",
            ),
            models.CheckConstraint(
                condition=~Q(units="", ended_units=""),
                name="every_sector_row_has_units",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sector} in {self.constituency_id}"


class ImportLease(models.Model):
    """Whose turn it is to import a register: one import at a time, for a short while.

    Held by conditional updates and prolonged while the import goes on; one that was
    killed stops prolonging it.
    """

    register = models.CharField(max_length=20, choices=Register, unique=True)
    holder = models.UUIDField()
    until = models.DateTimeField()
    version = models.OneToOneField(
        RegisterVersion,
        on_delete=models.SET_NULL,
        null=True,
        help_text="What is being written, and not current before it is whole.",
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(register__in=Register.values),
                name="lease_is_for_one_of_the_three",
            ),
        ]

    def __str__(self) -> str:
        return f"import of {self.get_register_display()} until {self.until:%H:%M:%S}"


class ParliamentPeriodQuerySet(models.QuerySet["ParliamentPeriod"]):
    """Asks what Parliament is, was and will be."""

    def in_order(self) -> Self:
        """The earliest first."""
        return self.order_by("begins_on")


class ParliamentPeriod(models.Model):
    """What Parliament is from a day on, until the next row says something else.

    ``representatives.parliament`` says what follows; whatever depends on it asks there.
    """

    class State(models.TextChoices):
        """In the order in which one follows another around an election."""

        SITTING = "sitting", "sitting"
        RECESS = "recess", "in recess"
        PROROGUED = "prorogued", "prorogued: between two sessions"
        DISSOLVED = "dissolved", "dissolved: nobody is an MP"
        COUNTING = "counting", "elected: seats fill as the register of members does"

    state = models.CharField(max_length=10, choices=State)
    begins_on = models.DateField(
        "from",
        unique=True,
        help_text="The first day of it; it may be to come. In United Kingdom time.",
    )
    note = models.TextField(blank=True, help_text="How we know, for the next person.")
    changed_at = models.DateTimeField(auto_now=True)

    objects = ParliamentPeriodQuerySet.as_manager()

    class Meta:
        ordering = ("-begins_on",)
        verbose_name = "state of Parliament"
        verbose_name_plural = "states of Parliament"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "sitting",
                        "recess",
                        "prorogued",
                        "dissolved",
                        "counting",
                    ]
                ),
                name="state_of_parliament_is_one_of_the_five",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()} from {self.begins_on}"


class ByElection(models.Model):
    """When a vacant seat is to be filled, as staff know before any register does."""

    constituency = models.ForeignKey(
        Constituency, on_delete=models.PROTECT, related_name="by_elections"
    )
    polling_on = models.DateField("polling day")
    note = models.TextField(blank=True, help_text="How we know, for the next person.")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-polling_on",)
        verbose_name = "by-election"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["constituency", "polling_on"],
                name="one_by_election_per_seat_and_day",
                violation_error_message="This by-election is there already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.constituency} on {self.polling_on}"
