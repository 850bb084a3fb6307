import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions import rendering
from actions.errors import TemplateRefusedError
from actions.rendering import (
    CampaignFields,
    ConstituencyFields,
    DemandFields,
    LetterFields,
    RepresentativeFields,
    limits,
)
from tests import patience

PLACES = "{{ reason }}{% for demand in demands %}{{ demand.paragraph }}{% endfor %}"


def fields(
    demands: int = 3, party: str = "Labour", title: str = "Stop it"
) -> LetterFields:
    return LetterFields(
        campaign=CampaignFields(title=title),
        constituency=ConstituencyFields("Leeds North East", "England", "Yorkshire"),
        representative=RepresentativeFields("A B", "Rt Hon A B MP", "Mr B", party),
        demands=tuple(
            DemandFields(title=f"Title {at}", paragraph=f"Paragraph {at}.")
            for at in range(1, demands + 1)
        ),
    )


def body(source: str, reason: str = "Because.", **changed: int | str) -> str:
    made = fields(**changed)  # type: ignore[arg-type]
    return rendering.render(source, made, reason).body


def test_fields_demands_and_own_words_stand_in_the_letter() -> None:
    source = (
        "I live in {{ constituency.name }}, {{ constituency.region }}.\n\n"
        "{{ reason }}\n\n"
        "{% for demand in demands %}\n"
        "{{ loop.index }} of {{ loop.length }}: {{ demand.paragraph }}\n"
        "{% endfor %}\n"
    )
    assert body(source, demands=2) == (
        "I live in Leeds North East, Yorkshire.\n\nBecause.\n\n"
        "1 of 2: Paragraph 1.\n2 of 2: Paragraph 2."
    )


@pytest.mark.parametrize(
    ("condition", "party", "demands", "answer"),
    [
        ("reason", "Labour", 1, "yes"),
        ("not reason", "Labour", 1, "no"),
        ('representative.party == "Speaker"', "Speaker", 1, "yes"),
        ('representative.party != "Sinn Féin"', "Sinn Féin", 1, "no"),
        ("demands|length > 1", "Labour", 1, "no"),
        ("demands|length > 1 and reason", "Labour", 2, "yes"),
        ("1 < demands|length <= 3", "Labour", 3, "yes"),
        ("demands", "Labour", 0, "no"),
    ],
)
def test_conditions_are_answered(
    condition: str, party: str, demands: int, answer: str
) -> None:
    source = f"{{% if {condition} %}}yes{{% else %}}no{{% endif %}} {PLACES}"
    letter = body(source, party=party, demands=demands)
    assert letter.startswith(answer)


@pytest.mark.parametrize(
    "reason",
    [
        "{{ 7*7 }}",
        "{% for x in y %}",
        "{{ reason.__class__ }}",
        "{#",
        "%s %(x)s {0} {} \\1 \\g<0>",
        "<b>&amp;</b>",
    ],
)
def test_what_a_supporter_writes_stays_text(reason: str) -> None:
    assert body(PLACES, reason=reason, demands=1) == f"{reason}Paragraph 1."


@pytest.mark.parametrize("title", ["{{ reason }}", "{{ 7*7 }}", "{% if %}"])
def test_what_a_field_holds_stays_text(title: str) -> None:
    assert body("{{ campaign.title }}" + PLACES, title=title).startswith(title)


def test_a_field_cannot_move_own_words_into_itself() -> None:
    mark = "\ue000"
    made = LetterFields(
        campaign=CampaignFields(f"A{mark} title."),
        constituency=ConstituencyFields(f"{mark}Leeds.", "", ""),
        representative=RepresentativeFields("", "", "", f"Labour.{mark}"),
        demands=(DemandFields(f"Do{mark}.", f"A{mark} paragraph{mark}."),),
    )
    source = (
        "{{ campaign.title }} {{ constituency.name }} {{ representative.party }} "
        "{% for demand in demands %}{{ demand.title }} {{ demand.paragraph }} "
        "{% endfor %}{{ reason }}"
    )
    plain = "A title. Leeds. Labour. Do. A paragraph."
    assert rendering.render(source, made, "Mine.").body == f"{plain} Mine."
    assert rendering.render(source, made, "").body == plain


def test_own_words_stand_in_the_letter_once() -> None:
    source = "{{ reason }}. {{ reason }} {% for demand in demands %}{{ reason }}"
    source += "{{ demand.title }} {% endfor %}"
    assert body(source, demands=2) == "Because..  Title 1 Title 2"


@pytest.mark.parametrize(
    "source",
    [
        '{% if campaign.title == "other" %}{{ reason }}{% endif %}',
        "{% for demand in demands %}{{ reason }}{% endfor %}",
    ],
)
def test_own_words_that_a_template_leaves_out_go_to_the_top(source: str) -> None:
    source = f"Dear all.{source}{PLACES.removeprefix('{{ reason }}')}"
    assert body(source, demands=0) == "Because.\n\nDear all."


def test_the_base_text_is_the_letter_without_own_words() -> None:
    source = "One. {{ reason }}\n\nTwo. " + PLACES
    made = rendering.render(source, fields(demands=1), "Because.")
    assert made.body == "One. Because.\n\nTwo. Paragraph 1."
    assert made.base == "One.\n\nTwo. Paragraph 1."


def test_a_note_that_stands_in_for_own_words_is_part_of_the_base() -> None:
    source = '{{ reason or "[Say why.]" }} ' + PLACES
    made = rendering.render(source, fields(demands=0), "")
    assert made.body == made.base == "[Say why.]"


# Each with a word of the reason that the campaigner is given.
REFUSED = {
    "multiplication": ("{{ 'x' * 300000 }}", "“*”"),
    "power": ("{{ 9**9**9 }}", "“**”"),
    "addition": ("{{ 1 + 1 }}", "“+”"),
    "minus": ("{{ -1 }}", "“neg”"),
    "joining": ("{{ 'a' ~ 'b' }}", "concat"),
    "format string": ("{{ '%s' % campaign.title }}", "mod"),
    "format method": ("{{ '{0.__class__}'.format(campaign) }}", "call"),
    "range": ("{% for demand in range(9) %}{% endfor %}", "only loop"),
    "call": ("{{ campaign.title() }}", "call"),
    "lipsum": ("{{ lipsum() }}", "call"),
    "class": ("{{ reason.__class__ }}", "reason.__class__"),
    "class of a field": ("{{ campaign.title.__class__ }}", "__class__"),
    "class of a text": ("{{ ''.__class__ }}", "__class__"),
    "globals": ("{{ campaign.__init__ }}", "campaign.__init__"),
    "index": ("{{ campaign['title'] }}", "[ ]"),
    "slice": ("{{ campaign.title[:3] }}", "[ ]"),
    "unknown field": ("{{ campaign.slug }}", "campaign.slug"),
    "unknown name": ("{{ request }}", "“request”"),
    "self": ("{{ self }}", "“self”"),
    "filter": ("{{ campaign.title|upper }}", "“upper”"),
    "filter that lists": ("{{ campaign|attr('title') }}", "“attr”"),
    "length of a text": ("{{ campaign.title|length }}", "“length”"),
    "length with an argument": ("{{ demands|length(1) }}", "“length”"),
    "length with many": ("{{ demands|length(*campaign.title) }}", "“length”"),
    "filter block": ("{% filter upper %}x{% endfilter %}", "not allowed"),
    "test": ("{% if reason is defined %}{% endif %}", "not allowed"),
    "membership": ("{% if 'a' in campaign.title %}{% endif %}", "=="),
    "ordering of texts": ("{% if campaign.title < 'b' %}{% endif %}", "=="),
    "ordering with none": ("{% if none < 1 %}{% endif %}", "=="),
    "list": ("{% if demands == [1] %}{% endif %}", "“list”"),
    "dictionary": ("{% if demands == {} %}{% endif %}", "“dict”"),
    "set": ("{% set a = 1 %}", "“set”"),
    "block set": ("{% set a %}x{% endset %}", "not allowed"),
    "macro": ("{% macro a() %}{% endmacro %}", "“macro”"),
    "call block": ("{% call campaign() %}{% endcall %}", "not allowed"),
    "include": ("{% include 'x' %}", "“include”"),
    "import": ("{% import 'x' as y %}", "“import”"),
    "from": ("{% from 'x' import y %}", "not allowed"),
    "extends": ("{% extends 'x' %}", "“extends”"),
    "block": ("{% block a %}{% endblock %}", "“block”"),
    "with": ("{% with a = 1 %}{% endwith %}", "“with”"),
    "autoescape": ("{% autoescape true %}{% endautoescape %}", "not allowed"),
    "do": ("{% do campaign.title %}", "unknown tag"),
    "break": (
        "{% for demand in demands %}{% break %}{% endfor %}",
        "unknown tag",
    ),
    "loop in a loop": (
        "{% for demand in demands %}" * 2 + "{% endfor %}" * 2,
        "once inside no other",
    ),
    "loop over a text": ("{% for demand in campaign.title %}{% endfor %}", "only loop"),
    "loop with another name": ("{% for loop in demands %}{% endfor %}", "only loop"),
    "loop that filters": (
        "{% for demand in demands if demand.title %}{% endfor %}",
        "only loop",
    ),
    "recursive loop": (
        "{% for demand in demands recursive %}{% endfor %}",
        "only loop",
    ),
    "loop's call": ("{% for demand in demands %}{{ loop(1) }}{% endfor %}", "call"),
    "loop's cycle": (
        "{% for demand in demands %}{{ loop.cycle }}{% endfor %}",
        "loop.cycle",
    ),
    "demand outside": ("{{ demand.title }}", "demand.title"),
    "demand in the else": (
        "{% for demand in demands %}{% else %}{{ demand.title }}{% endfor %}",
        "demand.title",
    ),
    "whole campaign": ("{{ campaign }}", "several things"),
    "whole demands": ("{{ demands }}", "several things"),
    "whole demands by choice": ("{{ demands or 'x' }}", "several things"),
    "whole loop": ("{% for demand in demands %}{{ loop }}{% endfor %}", "several"),
    "a yes": ("{{ not reason }}", "yes or a no"),
    "a comparison": ("{{ 'x' if reason else 1 == 1 }}", "yes or a no"),
    "a first": ("{% for demand in demands %}{{ loop.first }}{% endfor %}", "yes or"),
    "none": ("{{ none }}", "None"),
    "no else": ("{{ 'x' if reason }}", "otherwise"),
    "long number": ("{{ " + "9" * 5000 + " }}", "too long"),
    "long hexadecimal number": ("{{ 0x" + "f" * 5000 + " }}", "too long"),
    "infinity": ("{% if 1e999 == 1 %}{% endif %}", "whole numbers"),
    "hidden half character": ("{{ '\\ud800' }}", "backslash"),
    "hidden marker": ("{{ '\\ue000' }}", "backslash"),
    "hidden zero": ("{{ '\\x00' }}", "backslash"),
    "marker": ("\ue000", "U+E000"),
    "zero": ("\x00", "U+0000"),
    "half character": ("\ud800", "U+D800"),
    "open tag": ("{% if reason %}", "Unexpected end"),
    "open field": ("{{ reason", "."),
    "closing tag": ("{% endif %}", "unknown tag"),
    "bracket": ("{{ (reason }}", "."),
    "length": ("x" * 20_001, "longer than 20,000"),
}


@pytest.mark.parametrize(("source", "word"), REFUSED.values(), ids=REFUSED)
def test_a_bad_template_is_refused_with_line_and_reason(source: str, word: str) -> None:
    with pytest.raises(TemplateRefusedError) as caught:
        rendering.check(f"One\nTwo {source}\n{PLACES}")
    assert word in caught.value.reason
    assert caught.value.reason.endswith(".")
    assert not caught.value.reason.endswith("..")
    assert caught.value.line in ({None} if len(source) > 20_000 else {2, 3})


NESTED = {
    "nots": "{% if " + "not " * 4_000 + "reason %}{% endif %}",
    "ands": "{% if " + "reason and " * 1_500 + "reason %}{% endif %}",
    "brackets": "{{ " + "(" * 2_000 + "campaign.title" + ")" * 2_000 + " }}",
    "conditions": "{% if reason %}" * 600 + "{% endif %}" * 600,
    "choices": "{{ " + "'a' if reason else " * 900 + "'b' }}",
    "fields": "{{ campaign.title }}" * 900,
    "lists": "{{ " + "[" * 9_000 + " }}",
}


@pytest.mark.parametrize("source", NESTED.values(), ids=NESTED)
def test_too_much_in_one_another_is_refused(source: str) -> None:
    with patience.ends(), pytest.raises(TemplateRefusedError):
        rendering.check(source + PLACES)


@pytest.mark.parametrize(
    "source",
    [
        "No fields at all.",
        "{% if reason %}yes{% endif %}",
        '{{ "a" if reason else "b" }}',
    ],
)
def test_a_template_without_a_place_for_own_words_is_refused(source: str) -> None:
    demands = PLACES.removeprefix("{{ reason }}")
    with pytest.raises(TemplateRefusedError, match=r"^The supporter's own words have"):
        rendering.check(source + demands)


@pytest.mark.parametrize(
    "loop",
    [
        "",
        "{{ demands|length }}",
        "{% for demand in demands %}x{% endfor %}",
        "{% for demand in demands %}{% if demand.title %}x{% endif %}{% endfor %}",
    ],
)
def test_a_template_without_a_place_for_the_demands_is_refused(loop: str) -> None:
    with pytest.raises(TemplateRefusedError, match=r"^The demands have no place"):
        rendering.check("{{ reason }}" + loop)


def test_a_refused_template_is_not_rendered_either() -> None:
    with pytest.raises(TemplateRefusedError):
        rendering.render("{{ 9**9 }}" + PLACES, fields(), "")


def at_depth(depth: int, source: str) -> None:
    if depth:
        at_depth(depth - 1, source)
    else:
        rendering.check(source)


def test_what_is_let_through_once_is_let_through_from_deep_within_a_call() -> None:
    deepest = "{% if reason %}" * 30 + "{{ 'a' if reason and demands else 'b' }}"
    deepest += "{{ " + "(" * 10 + "campaign.title" + ")" * 10 + " }}"
    source = deepest + "{% endif %}" * 30 + PLACES
    rendering.check(source)
    at_depth(250, source)


# --- Templates from the whole language, made at random ---------------------------

texts = st.text(
    st.characters(
        exclude_categories=["Cc", "Cs", "Co"], exclude_characters="{}%#'\"\\"
    ),
    max_size=8,
)
words = st.sampled_from(
    [
        "reason",
        "campaign.title",
        "constituency.name",
        "representative.party",
        "demands|length",
        "demand.title",
        "loop.index",
        "loop.first",
        "demands",
        "campaign",
        "loop",
        "none",
        "true",
        "7",
        "123456",
    ]
) | texts.map(lambda text: f"'{text}'")


def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    signs = st.sampled_from(["and", "or", "==", "!=", "<", ">=", "+", "~", "in", "is"])
    return st.one_of(
        st.tuples(inner, signs, inner).map(" ".join),
        inner.map(lambda one: f"not {one}"),
        inner.map(lambda one: f"({one})"),
        inner.map(lambda one: f"({one})|length"),
        st.tuples(inner, inner, inner).map(
            lambda of: f"{of[0]} if {of[1]} else {of[2]}"
        ),
        st.tuples(inner, inner).map(lambda of: f"{of[0]} if {of[1]}"),
    )


expressions = st.recursive(words, larger, max_leaves=6)


def blocks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(expressions, inner).map(
            lambda of: f"{{% if {of[0]} %}}{of[1]}{{% endif %}}"
        ),
        st.tuples(expressions, inner, expressions, inner, inner).map(
            lambda of: (
                f"{{% if {of[0]} %}}{of[1]}{{% elif {of[2]} %}}{of[3]}"
                f"{{% else %}}{of[4]}{{% endif %}}"
            )
        ),
        st.tuples(inner, inner).map(
            lambda of: (
                f"{{% for demand in demands %}}{of[0]}{{% else %}}{of[1]}{{% endfor %}}"
            )
        ),
    )


templates = st.recursive(
    texts | expressions.map(lambda one: f"{{{{ {one} }}}}"), blocks, max_leaves=8
)


def is_refused(source: str) -> bool:
    try:
        rendering.check(source)
    except TemplateRefusedError:
        return True
    return False


@settings(max_examples=300, deadline=None)
@given(
    source=templates,
    reason=st.text(max_size=20),
    demands=st.integers(min_value=0, max_value=3),
)
def test_what_is_let_through_never_fails_and_keeps_every_own_word(
    source: str, reason: str, demands: int
) -> None:
    source += PLACES
    if is_refused(source):
        return
    made = rendering.render(source, fields(demands), reason)
    assert rendering.tidy(reason) in made.body
    assert "\ue000" not in made.base
    assert "Fields(" not in made.base


def fullest(demands: int) -> LetterFields:
    long = "x" * limits.LONGEST_FIELD
    demand = DemandFields(title=long, paragraph="x" * rendering.LONGEST_PARAGRAPH)
    return LetterFields(
        campaign=CampaignFields(long),
        constituency=ConstituencyFields(long, long, long),
        representative=RepresentativeFields(long, long, long, long),
        demands=(demand,) * demands,
    )


@settings(max_examples=300, deadline=None)
@given(source=templates, demands=st.integers(min_value=0, max_value=3))
def test_no_letter_becomes_longer_than_was_reckoned(source: str, demands: int) -> None:
    source += PLACES
    if is_refused(source):
        return
    most = rendering.longest(source, demands)
    for reason in ("", "Because."):
        made = rendering.render(source, fullest(demands), reason)
        assert len(made.base) <= most


@pytest.mark.parametrize(
    ("source", "most"),
    [
        ("12345{{ reason }}", 5),
        ("{{ campaign.title }}", 200),
        ("{% for demand in demands %}{{ demand.paragraph }}.{% endfor %}", 3 * 1501),
        ("{% for demand in demands %}{% else %}" + "x" * 9 + "{% endfor %}", 9),
        ("{% if reason %}123{% elif demands %}12345{% else %}1{% endif %}", 5),
        ("{{ 'abc' if reason else 'abcd' }}{{ reason or 'ab' }}", 6),
        ("{{ demands|length }}", 1),
    ],
)
def test_of_two_sides_the_longer_one_is_reckoned(source: str, most: int) -> None:
    assert rendering.longest(source, 3) == most


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("We ask for [further] steps.", "square brackets"),
        ("We ask for [", "square brackets"),
        ("further] steps.", "square brackets"),
        ("We\ue000 ask.", "U+E000"),
        ("We\x07 ask.", "U+0007"),
        ("We\ud800 ask.", "U+D800"),
    ],
)
def test_a_text_that_would_stop_or_bend_letters_is_named(text: str, word: str) -> None:
    assert word in rendering.fault_in(text)


@pytest.mark.parametrize(
    "text", ["", "Ŵyn (a Dŷ)\n\n\t“so” – {{ x }}", "ئۇيغۇر 👩🏽‍🏫"]
)
def test_any_other_text_is_fit_for_letters(text: str) -> None:
    assert rendering.fault_in(text) == ""


@settings(max_examples=200, deadline=None)
@given(source=st.text(max_size=80))
def test_no_text_at_all_makes_the_check_fail_otherwise(source: str) -> None:
    if is_refused(source + PLACES):
        return
    assert "Because." in body(source + PLACES)


# --- Tidying ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        ("", ""),
        ("  one  ", "one"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("one \t\n\u00a0\n \n\n  two\n\n\n\n", "one\n\n  two"),
        ("one\n\ntwo", "one\n\ntwo"),
        ("\n\n one\ntwo", "one\ntwo"),
    ],
)
def test_text_is_tidied(text: str, tidied: str) -> None:
    assert rendering.tidy(text) == tidied


@given(st.text(alphabet=" \n\r\tab\u00a0\x1c\u2028", max_size=40))
def test_tidying_twice_changes_nothing_more(text: str) -> None:
    once = rendering.tidy(text)
    assert rendering.tidy(once) == once
    assert "\n\n\n" not in once


@pytest.mark.parametrize("text", [" " * 1_000_000 + "x", "\n " * 500_000 + "x"])
def test_a_million_spaces_are_tidied(text: str) -> None:
    with patience.ends():
        assert rendering.tidy(text) == "x"
