import datetime
import itertools
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from actions import composing, first_campaign, own_words, rendering
from actions.composing import Composition
from actions.first_campaign_in import welsh
from actions.models import (
    Campaign,
    CampaignTranslation,
    Demand,
    DemandTranslation,
    LetterTemplate,
    LetterTemplateVersion,
    PromptTranslation,
    Source,
    SourceTranslation,
)
from actions.models.translations import (
    CampaignWords,
    DemandWords,
    PromptWords,
    SourceWords,
    TranslationLanguage,
    Words,
    worded,
)
from representatives.lookup import Candidate, Member
from representatives.models import Office, OfficeKind, Representative

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 22)
NOTE = "[Say here in a sentence or two why this matters to you.]"
REASON = "My neighbour has not heard from her brother in Ürümqi since 2018."
NOTE_CY = "[Dywedwch yma mewn brawddeg neu ddwy pam mae hyn yn bwysig i chi.]"
REASON_CY = "Nid yw fy nghymydog wedi clywed gan ei brawd yn Ürümqi ers 2018."
MONTHS_CY = {
    "March": "Mawrth",
    "April": "Ebrill",
    "August": "Awst",
    "December": "Rhagfyr",
}


@pytest.fixture
def campaign() -> Campaign:
    made = first_campaign.create()
    assert made is not None
    return made


def letter(
    campaign: Campaign,
    demands: list[Demand],
    reason: str = "",
    party: str = "Labour",
    language: str = "en",
) -> Composition:
    version = LetterTemplateVersion.objects.newest_of(campaign, language)
    assert version is not None
    member = Member(
        id=1,
        parliament_id=1,
        display_name="Jo Bell",
        full_title="Jo Bell MP",
        address_as="Ms Bell",
        party=party,
        email="jo.bell.mp@parliament.example",
    )
    seat = Candidate(
        code="E14000001",
        name="Leeds North East",
        name_cy="",
        country="England",
        region="Yorkshire and The Humber",
        share=1.0,
        representative=member,
    )
    return composing.compose(version, seat, demands, reason)


def length(text: str) -> int:
    return own_words.measure("", text).words


def ticked(campaign: Campaign) -> list[Demand]:
    return list(campaign.demands.in_order().filter(is_ticked_at_first=True))


def test_it_is_open_with_six_demands_and_a_letter(campaign: Campaign) -> None:
    assert campaign.is_open
    assert campaign.slug == "stop-uyghur-genocide"
    assert [demand.is_ticked_at_first for demand in campaign.demands.in_order()] == [
        *[True] * 3,
        *[False] * 3,
    ]
    assert LetterTemplateVersion.objects.newest_of(campaign) is not None


def test_everything_in_it_would_be_accepted_from_a_campaigner(
    campaign: Campaign,
) -> None:
    campaign.full_clean()
    for row in [*campaign.demands.all(), *campaign.sources.all()]:
        row.full_clean()
    rendering.check(first_campaign.LETTER_BODY)


def test_making_it_twice_changes_nothing(campaign: Campaign) -> None:
    Campaign.objects.update(headline="Ours now")
    CampaignTranslation.objects.update(headline="Ein un ni bellach")
    SourceTranslation.objects.all().delete()
    campaign.demands.in_order()[0].delete()
    assert first_campaign.create() is None
    assert Campaign.objects.get().headline == "Ours now"
    assert set(CampaignTranslation.objects.values_list("headline", flat=True)) == {
        "Ein un ni bellach"
    }
    assert not SourceTranslation.objects.exists()
    assert campaign.demands.count() == 5
    assert LetterTemplateVersion.objects.count() == 2


def test_the_page_has_an_opening_of_three_sentences_and_a_short_story(
    campaign: Campaign,
) -> None:
    assert campaign.lede.count(". ") == 2
    assert 4 <= len(campaign.said.story_paragraphs) <= 6
    assert all(length(part) < 90 for part in campaign.said.story_paragraphs)


def test_demands_are_short(campaign: Campaign) -> None:
    for demand in campaign.demands.all():
        assert 20 <= length(demand.paragraph) <= 45
        assert length(demand.explanation) <= 35


def test_the_letter_leaves_room_for_its_writer(campaign: Campaign) -> None:
    assert length(letter(campaign, ticked(campaign)).body) <= 220


def test_the_reason_stands_first_after_who_writes(campaign: Campaign) -> None:
    made = letter(campaign, ticked(campaign), REASON)
    parts = made.body.split("\n\n")
    assert parts[0].startswith("I am one of your constituents in Leeds North East")
    assert parts[1] == REASON
    assert NOTE not in made.body
    assert made.base_text == made.body.replace(f"{REASON}\n\n", "")


def test_a_note_stands_in_for_the_reason_and_has_to_go(campaign: Campaign) -> None:
    made = letter(campaign, ticked(campaign))
    assert made.body.split("\n\n")[1] == NOTE
    assert composing.placeholder_left(made.body, made.base_text) == NOTE
    assert not composing.placeholder_left(
        made.body.replace(NOTE, REASON), made.base_text
    )


def test_any_demands_in_any_order_make_a_whole_letter(campaign: Campaign) -> None:
    six = list(campaign.demands.in_order())
    choices = [
        *itertools.permutations(six, 2),
        *itertools.combinations(six, 1),
        *itertools.combinations(six, 4),
        tuple(six),
        tuple(reversed(six)),
    ]
    for chosen in choices:
        parts = letter(campaign, list(chosen), REASON).body.split("\n\n")
        assert parts[3:-1] == [demand.paragraph for demand in chosen]
        assert all(re.search(r"[.?]$", part) for part in parts)


def test_no_demand_needs_another_before_it(campaign: Campaign) -> None:
    # Words that point back at a paragraph which may not be there.
    for demand in campaign.demands.all():
        assert not re.match(
            r"(Also|And|But|Secondly|Finally|Moreover|Then|This|These|They|It)\b",
            demand.paragraph,
        )


@pytest.mark.parametrize(
    ("party", "office", "ask", "ask_cy"),
    [
        (
            "Labour",
            "",
            "take this up with the Government",
            "godi’r mater hwn gyda Llywodraeth y DU",
        ),
        (
            "Labour",
            OfficeKind.MINISTER,
            "make the case there",
            "ddadlau’r achos yno",
        ),
        (
            "Labour",
            OfficeKind.WHIP,
            "put this to the Foreign Secretary on my behalf",
            "godi hyn gyda’r Ysgrifennydd Tramor ar fy rhan",
        ),
        (
            "Conservative",
            OfficeKind.OPPOSITION,
            "press the Government on this from there",
            "bwyso ar Lywodraeth y DU",
        ),
        (
            "Speaker",
            OfficeKind.SPEAKER,
            "put this to the Foreign Secretary privately",
            "breifat gyda’r Ysgrifennydd Tramor",
        ),
        (
            "Conservative",
            OfficeKind.DEPUTY_SPEAKER,
            "put this to the Foreign Secretary privately",
            "breifat gyda’r Ysgrifennydd Tramor",
        ),
        # By the party alone, where the offices are not known.
        (
            "Sinn Féin",
            "",
            "write to the Foreign Secretary",
            "ysgrifennu at yr Ysgrifennydd Tramor",
        ),
        (
            "Independent",
            OfficeKind.NO_SEAT,
            "write to the Foreign Secretary",
            "ysgrifennu at yr Ysgrifennydd Tramor",
        ),
    ],
)
def test_everybody_is_asked_one_thing_that_they_can_do(
    campaign: Campaign, party: str, office: str, ask: str, ask_cy: str
) -> None:
    if office:
        Office.objects.create(parliament_id=1, kind=office, name="An office")
    six = list(campaign.demands.all())

    made = letter(campaign, six, REASON, party=party)
    welsh_one = letter(campaign, six, REASON, party=party, language="cy")

    assert ask in made.body.split("\n\n")[-1]
    assert ask_cy in welsh_one.body.split("\n\n")[-1]
    assert made.body.count("?") == welsh_one.body.count("?") == 1
    assert "tell me what answer you receive?" in made.body
    assert "rhoi gwybod i mi pa ateb a gewch?" in welsh_one.body
    asked = re.compile(r"\b(vote for|speak|speech|sign|motion in|EDM|table)\b")
    assert not asked.search(made.body.split("\n\n")[-1])


@pytest.mark.parametrize(
    ("kinds", "ask"),
    [
        # A whip is a minister by title, and keeps quiet as one.
        ([OfficeKind.MINISTER, OfficeKind.WHIP], "as a whip"),
        ([OfficeKind.OPPOSITION, OfficeKind.DEPUTY_SPEAKER], "presides over the House"),
    ],
)
def test_of_several_offices_the_one_that_binds_most_counts(
    campaign: Campaign, kinds: list[OfficeKind], ask: str
) -> None:
    for kind in kinds:
        Office.objects.create(parliament_id=1, kind=kind, name=f"{kind} of something")

    assert ask in letter(campaign, ticked(campaign), REASON).body


def test_an_office_that_was_left_or_is_another_members_asks_nothing(
    campaign: Campaign,
) -> None:
    Office.objects.create(
        parliament_id=1, kind=OfficeKind.MINISTER, name="Left", is_current=False
    )
    Office.objects.create(parliament_id=2, kind=OfficeKind.WHIP, name="Another's")

    made = letter(campaign, ticked(campaign), REASON)
    assert "take this up with the Government" in made.body


def test_offices_are_spelt_as_in_the_register() -> None:
    named = set(re.findall(r'office == "(.+?)"', first_campaign.LETTER_BODY))
    # The Speaker is known by the party.
    assert named == set(OfficeKind.values) - {OfficeKind.SPEAKER}


def test_parties_are_spelt_as_in_the_register(registers: None) -> None:
    named = re.findall(r'party == "(.+?)"', first_campaign.LETTER_BODY)
    assert named == ["Speaker", "Sinn Féin"]
    for party in named:
        assert Representative.objects.filter(party=party, is_current=True).exists()


def test_a_brush_off_is_answered_with_thanks_and_one_question(
    campaign: Campaign,
) -> None:
    parts = campaign.said.stock_reply_paragraphs
    text = "\n\n".join(parts)
    assert 3 <= len(parts) <= 5
    assert length(text) <= 160
    assert parts[0].startswith("Thank you")
    assert text.count("?") == 1
    assert len(re.findall(r"\[[^\]\n]+\]", text)) == 1
    # “Dear …” and the name are added.
    assert not re.search(r"\b(Dear|Yours|sincerely|faithfully)\b", text)


def test_how_to_meet_the_mp_is_told_in_a_few_paragraphs(campaign: Campaign) -> None:
    parts = campaign.said.meeting_paragraphs
    text = " ".join(parts)
    assert 4 <= len(parts) <= 6
    assert all(length(part) < 80 for part in parts)
    for word in ("surger", "ten minutes", "one thing", "address", "your letter"):
        assert word in text


@pytest.mark.parametrize("name", ["STOCK_REPLY", "MEETING"])
def test_what_is_said_for_afterwards_fits_every_party_and_office(name: str) -> None:
    text = getattr(first_campaign, name)
    asked = re.compile(r"\b(a vote|speech|sign|motion|EDM|table|debate|his|her|he)\b")
    assert not asked.search(text)
    assert not re.search(r"\d", text)


def test_the_letter_knows_what_has_happened(campaign: Campaign) -> None:
    body = letter(campaign, ticked(campaign)).body
    for fact in (
        "22 March 2021",
        "sanctions on five MPs",
        "22 April 2021",
        "without a vote",
        "9 December 2021",
        "31 August 2022",
        "further sanctions",
        "act on its findings",
        "full access",
    ):
        assert fact in body


def test_every_dated_fact_has_a_source_of_that_day(campaign: Campaign) -> None:
    day = re.compile(r"\b(\d{1,2} [A-Z][a-z]+ \d{4})\b")
    texts = [
        campaign.lede,
        campaign.story,
        first_campaign.LETTER_BODY,
        *campaign.demands.values_list("paragraph", flat=True),
    ]
    named = {
        datetime.datetime.strptime(found, "%d %B %Y").date()  # noqa: DTZ007 - a day
        for text in texts
        for found in day.findall(text)
    }
    assert len(named) >= 4
    assert named <= set(campaign.sources.values_list("published_on", flat=True))


def test_every_source_is_checked_again_within_a_year(campaign: Campaign) -> None:
    for source in campaign.sources.all():
        assert TODAY < source.check_again_on <= TODAY.replace(year=2027)
        assert source.published_on < TODAY


def test_sources_are_on_well_known_sites_and_told_once(campaign: Campaign) -> None:
    hosts = {urlsplit(source.address).hostname for source in Source.objects.all()}
    assert hosts == {
        "hansard.parliament.uk",
        "uyghurtribunal.com",
        "www.gov.uk",
        "www.independent.co.uk",
        "www.ohchr.org",
    }
    statements = campaign.sources.values_list("statement", flat=True)
    assert len(set(statements)) == len(statements)


# --- In other languages -------------------------------------------------------------


def words_of(campaign: Campaign, language: str) -> Iterator[Words]:
    """Everything that the campaign says, each row's texts."""
    yield worded(CampaignWords, campaign, language)
    for demand in campaign.demands.order_by("pk"):
        yield worded(DemandWords, demand, language)
    for prompt in campaign.prompts.order_by("pk"):
        yield worded(PromptWords, prompt, language)
    for source in campaign.sources.order_by("pk"):
        yield worded(SourceWords, source, language)


def texts_of(campaign: Campaign, language: str) -> list[tuple[str, str, bool]]:
    """Of each text its field, what it says, and whether it is in the language."""
    return [
        (name, getattr(words, name), spoken == language)
        for words in words_of(campaign, language)
        for name, spoken in words.languages.items()
    ]


@pytest.mark.parametrize("language", TranslationLanguage)
def test_every_text_is_translated_but_what_goes_to_the_mp(
    campaign: Campaign, language: str
) -> None:
    english = {
        name for name, _, is_spoken in texts_of(campaign, language) if not is_spoken
    }
    # A letter, and a reply to an MP's office, goes in English or Welsh.
    assert english == (set() if language == "cy" else {"paragraph", "stock_reply_help"})


@pytest.mark.parametrize(
    "kind", [CampaignTranslation, DemandTranslation, PromptTranslation]
)
def test_every_translation_would_be_accepted_from_a_campaigner(
    campaign: Campaign,
    kind: type[CampaignTranslation | DemandTranslation | PromptTranslation],
) -> None:
    rows = kind.objects.all()
    assert {row.language for row in rows} == set(TranslationLanguage)
    for row in rows:
        row.full_clean()


def test_every_source_is_told_in_every_language(campaign: Campaign) -> None:
    rows = SourceTranslation.objects.all()
    assert len(rows) == campaign.sources.count() * len(TranslationLanguage)
    for row in rows:
        row.full_clean()


@pytest.mark.parametrize("language", TranslationLanguage)
def test_a_translation_has_the_paragraphs_and_the_numbers_of_the_english(
    campaign: Campaign, language: str
) -> None:
    pairs = zip(texts_of(campaign, "en"), texts_of(campaign, language), strict=True)
    for (name, english, _), (_, translated, is_spoken) in pairs:
        assert sorted(re.findall(r"\d+", english)) == sorted(
            re.findall(r"\d+", translated)
        ), translated
        assert english.count("\n\n") == translated.count("\n\n"), name
        assert is_spoken == (translated != english), name


@pytest.mark.parametrize("language", TranslationLanguage)
def test_each_translation_belongs_to_its_row(campaign: Campaign, language: str) -> None:
    # By years: the sources are not in the order of their dates.
    for source in campaign.sources.all():
        said = worded(SourceWords, source, language).statement
        assert re.findall(r"\d{4}", said) == re.findall(r"\d{4}", source.statement)
        assert ("DNA" in said) == ("DNA" in source.statement)


def test_welsh_texts_write_typographic_apostrophes(campaign: Campaign) -> None:
    for _, text, _ in texts_of(campaign, "cy"):
        assert not set(text) & set("'\"`")
    assert "'" not in welsh.LETTER_SUBJECT + welsh.LETTER_BODY


def test_welsh_dates_are_the_english_ones(campaign: Campaign) -> None:
    pairs = zip(texts_of(campaign, "en"), texts_of(campaign, "cy"), strict=True)
    told = [
        *((english, translated) for (_, english, _), (_, translated, _) in pairs),
        (first_campaign.LETTER_BODY, welsh.LETTER_BODY),
    ]
    days = rf"\b(\d{{1,2}}) ({'|'.join(MONTHS_CY)})\b"
    found = 0
    for english, translated in told:
        for day, month in re.findall(days, english):
            assert f"{day} {MONTHS_CY[month]}" in translated
            found += 1
    assert found >= 10


# --- The letter in Welsh ------------------------------------------------------------


def test_the_welsh_letter_would_be_accepted_from_a_campaigner(
    campaign: Campaign,
) -> None:
    template = LetterTemplate.objects.get(campaign=campaign, language="cy")
    template.full_clean()
    version = template.versions.get()
    version.full_clean()
    rendering.check(version.body)
    for demand in DemandTranslation.objects.filter(language="cy"):
        assert not rendering.fault_in(demand.paragraph)
        assert 20 <= length(demand.paragraph) <= 50


def test_a_seats_name_stands_in_welsh_where_nothing_changes_it() -> None:
    # After “yn”, Bangor would be Mangor.
    before = re.findall(r"(\w+) \{\{ constituency\.name", welsh.LETTER_BODY)
    assert before == ["etholaeth"]


def test_the_welsh_letter_compares_what_the_english_one_compares() -> None:
    code = re.compile(r"\{[{%].*?[%}]\}")
    english = code.findall(first_campaign.LETTER_BODY)
    assert code.findall(welsh.LETTER_BODY) == english


def test_the_welsh_letter_is_built_as_the_english_one(campaign: Campaign) -> None:
    demands = list(campaign.demands.in_order())
    made = letter(campaign, demands, REASON_CY, language="cy")
    parts = made.body.split("\n\n")
    assert made.language == "cy"
    assert parts[0].startswith(
        "Yr wyf yn un o’ch etholwyr yn etholaeth Leeds North East, "
    )
    assert parts[1] == REASON_CY
    assert parts[3:-1] == [words["paragraph"] for words in welsh.DEMANDS]
    assert len(parts) == len(demands) + 4


def test_a_welsh_note_has_to_go_before_the_letter_does(campaign: Campaign) -> None:
    made = letter(campaign, ticked(campaign), language="cy")
    assert made.body.split("\n\n")[1] == NOTE_CY
    assert composing.placeholder_left(made.body, made.base_text) == NOTE_CY
    assert not composing.placeholder_left(
        made.body.replace(NOTE_CY, REASON_CY), made.base_text
    )


def test_of_a_welsh_letter_only_the_writers_sentence_is_own(
    campaign: Campaign,
) -> None:
    made = letter(campaign, ticked(campaign), REASON_CY, language="cy")
    assert own_words.measure(made.base_text, made.base_text).own_words == 0
    measured = own_words.measure(made.base_text, made.body)
    assert measured.own_words == length(REASON_CY)
    own = [
        piece.text
        for part in own_words.mark(made.base_text, made.body)
        for piece in part
        if piece.is_own
    ]
    assert own == [REASON_CY]


def test_a_brush_off_is_answered_in_welsh_with_one_question(
    campaign: Campaign,
) -> None:
    text = campaign.in_language("cy").stock_reply_help
    assert text.count("?") == 1
    notes = re.findall(r"\[[^\]\n]+\]", text)
    assert len(notes) == 1
    assert composing.placeholder_left(text, "") == notes[0]
    assert not re.search(r"\b(Annwyl|Yn gywir)\b", text)
