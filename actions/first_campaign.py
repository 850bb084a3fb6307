"""The campaign that Postbag begins with: its story, demands, sources and letter.

Staff edit all of it in the admin; what they edited is never written over.
"""

import datetime

from django.db import transaction

from actions import first_campaign_in
from actions.models import (
    Campaign,
    Demand,
    LetterTemplate,
    LetterTemplateVersion,
    Prompt,
    Source,
)

SLUG = "stop-uyghur-genocide"

HEADLINE = "Ask your MP to act for the Uyghurs"
LEDE = (
    "More than a million Uyghurs and people of other Muslim minorities in China have "
    "been detained without trial. In 2021 the House of Commons declared that genocide "
    "is taking place. Write to your MP, in your own words, and ask what Britain will "
    "do next."
)
STORY = """\
In the Uyghur region in the north-west of China, which the Chinese government calls \
Xinjiang, more than a million people have been detained without trial. In March 2021 \
the Foreign Secretary told the Commons what goes with it: religion treated as a crime, \
forced labour, women sterilised against their will, children parted from their \
parents, and a whole population under surveillance.

Those who have weighed the evidence since then have spoken plainly. On 9 December 2021 \
the Uyghur Tribunal, chaired by Sir Geoffrey Nice KC, gave its judgment: genocide, by \
measures to prevent births; crimes against humanity; and torture. On 31 August 2022 \
the human rights office of the United Nations found that crimes against humanity may \
have been committed.

Britain has taken a first step. On 22 March 2021, together with the European Union, \
the United States and Canada, it imposed sanctions on officials and on the Public \
Security Bureau of the Xinjiang Production and Construction Corps. China answered on \
26 March with sanctions on five MPs. On 22 April the Commons passed a motion, without \
a vote, that genocide is taking place.

Findings alone hold nobody to account. The tribunal had no power to enforce its \
judgment. The United Nations office worked from the material that was available to \
it. The Government has said that genocide is for a competent court to determine. \
What is still to be done is the work that follows: further sanctions, a court with \
power to judge, and an investigation with full access.

Your MP is there for the people of one constituency, and you are one of them. Offices \
set a hundred copies of one letter aside, but somebody reads the one that says who \
writes and why. You need no special knowledge. Two sentences of your own are worth \
more than a page of ours."""
QUESTION = "Why does this matter to you?"
QUESTION_HELP = (
    "Two or three sentences are enough. Perhaps something you read has stayed with "
    "you, or it touches friends, neighbours or family, or you want to know where the "
    "things you buy come from. Name nobody who could be put in danger by it."
)

LETTER_SUBJECT = "From a constituent: justice for the Uyghurs"
LETTER_BODY = """\
I am one of your constituents in {{ constituency.name }}, and I am writing to you \
about the Uyghurs.

{% if reason %}
{{ reason }}
{% else %}
[Say here in a sentence or two why this matters to you.]
{% endif %}

On 22 April 2021 the Commons passed a motion, without a vote, that genocide is taking \
place. Since then the Uyghur Tribunal (9 December 2021) has found genocide and crimes \
against humanity, and the UN human rights office (31 August 2022) has found that \
crimes against humanity may have been committed.

{% for demand in demands %}
{{ demand.paragraph }}

{% endfor %}

{% if representative.party == "Speaker" or representative.office == "deputy_speaker" %}
I know that whoever presides over the House does not take sides in public, and I do \
not ask it. Will you put this to the Foreign Secretary privately on my behalf, and \
tell me what answer you receive?
{% elif representative.party == "Sinn Féin" or representative.office == "no_seat" %}
I know that you do not take your seat at Westminster, and I do not ask it. Will you \
write to the Foreign Secretary about this on my behalf, and tell me what answer you \
receive?
{% elif representative.office == "whip" %}
I know that as a whip you keep your counsel in public, and I do not ask otherwise. \
Will you put this to the Foreign Secretary on my behalf, and tell me what answer you \
receive?
{% elif representative.office == "minister" %}
As a member of the Government you are heard where this is decided. Will you make the \
case there, and tell me what answer you receive?
{% elif representative.office == "opposition" %}
You hold an office on the opposition front bench. Will you press the Government on \
this from there, and tell me what answer you receive?
{% else %}
Will you take this up with the Government, and tell me what answer you receive? If \
you hold office yourself, I ask you to make the case there.
{% endif %}"""

# What is written back to a reply that answers nothing: true of any party and office.
STOCK_REPLY = """\
Thank you for your reply to my letter about the Uyghurs. I know that your office \
receives many letters, and I am grateful for the time.

The reply tells me what has been said and done so far. It does not tell me what will \
be done next, and that was my question. [Say in one sentence what you had asked for \
and what the reply leaves open.]

So I ask once more, and in a way that yes or no can answer: will you put this question \
to the Foreign Office on my behalf, and send me what it replies?

If the answer is no, I should be glad to know the reason. And if it helps to talk, I \
would come to one of your surgeries."""
MEETING = """\
MPs meet the people of their constituency at surgeries: short appointments, often on a \
Friday or Saturday. Anybody who lives in the constituency may ask for one. You need no \
special knowledge, and it does not matter whom you vote for.

Ring or write to the office, and ask when the next surgery is and how to book. Say in \
a sentence that it is about the Uyghurs and that you have written. You will be asked \
for your address. If you would like somebody to come with you or to interpret, or if \
you need a room without steps, say so then; some offices also offer the telephone.

Bring your letter, printed, and the answer if there is one. Reckon with ten minutes. \
Say first why this matters to you, in your own words: that is what stays. Then ask for \
one thing, the same as in your letter, and wait for the answer.

Before you go, ask what the MP will do and by when you may expect to hear of it. Write \
a few lines of thanks on the next day that repeat what was agreed.

If you speak of relatives or friends who could be put in danger, say so at the \
beginning and ask that no names are passed on."""

_HANSARD = "Hansard, House of Commons"


@transaction.atomic
def create(*, state: str = Campaign.State.OPEN) -> Campaign | None:
    """Make the campaign, open to letters unless ``state`` says otherwise.

    None if there is any campaign: staff may have given this one another address, or
    have begun with their own.
    """
    if Campaign.objects.exists():
        return None
    campaign, is_new = Campaign.objects.get_or_create(
        slug=SLUG,
        defaults={
            "title": "Stop Uyghur Genocide",
            "headline": HEADLINE,
            "lede": LEDE,
            "story": STORY,
            "question": QUESTION,
            "question_help": QUESTION_HELP,
            "stock_reply_help": STOCK_REPLY,
            "meeting_help": MEETING,
            "state": state,
        },
    )
    if not is_new:
        return None
    Demand.objects.bulk_create(_demands(campaign))
    Prompt.objects.bulk_create(_prompts(campaign))
    Source.objects.bulk_create(_sources(campaign))
    template = LetterTemplate.objects.create(campaign=campaign)
    LetterTemplateVersion.objects.create(
        template=template, number=1, subject=LETTER_SUBJECT, body=LETTER_BODY
    )
    first_campaign_in.translate(campaign)
    return campaign


def _demands(campaign: Campaign) -> list[Demand]:
    """Return the six demands; each paragraph stands in a letter alone or with any."""
    return [
        Demand(
            campaign=campaign,
            position=1,
            is_ticked_at_first=True,
            title="Further sanctions on those responsible",
            explanation=(
                "The sanctions of March 2021 named officials and one security bureau. "
                "Those above and beside them should follow."
            ),
            paragraph=(
                "The sanctions of 22 March 2021 named officials and one security "
                "bureau, and China answered with sanctions on five MPs. I ask for "
                "further sanctions, on those who gave the orders as well as those who "
                "carry them out."
            ),
        ),
        Demand(
            campaign=campaign,
            position=2,
            is_ticked_at_first=True,
            title="A tribunal with power to hold people to account",
            explanation=(
                "The Uyghur Tribunal gave its judgment but could not enforce it. "
                "Britain should act on its findings, and back a court that can."
            ),
            paragraph=(
                "The Uyghur Tribunal could judge but not enforce. I ask the "
                "Government to act on its findings, and to back a tribunal with the "
                "power to hold people to account."
            ),
        ),
        Demand(
            campaign=campaign,
            position=3,
            is_ticked_at_first=True,
            title="A UN investigation with full access",
            explanation=(
                "The UN human rights office worked from the material available to it. "
                "An independent investigation must be free to go and see."
            ),
            paragraph=(
                "I ask that Britain press for an independent UN investigation with "
                "full access: to the region, to those who are or were detained, and "
                "to their families."
            ),
        ),
        Demand(
            campaign=campaign,
            position=4,
            title="Action together with our allies",
            explanation=(
                "Sanctions weigh more when they come from many countries at once, as "
                "they did in March 2021."
            ),
            paragraph=(
                "In March 2021 Britain acted together with the European Union, the "
                "United States and Canada. I ask the Government to agree the next "
                "sanctions with its allies, so that all of them hold the Chinese "
                "government to account."
            ),
        ),
        Demand(
            campaign=campaign,
            position=5,
            title="A ban on companies that make it possible",
            explanation=(
                "Companies and institutions that facilitate the persecution should "
                "find no contracts, no investment and no market here."
            ),
            paragraph=(
                "The Commons have heard of a whole population under surveillance. "
                "Nobody does that without suppliers. I ask the Government to ban the "
                "companies and institutions that facilitate the persecution."
            ),
        ),
        Demand(
            campaign=campaign,
            position=6,
            title="No goods made by forced labour",
            explanation=(
                "What Uyghurs are forced to make should not be sold here, nor should "
                "we buy from companies that profit by it."
            ),
            paragraph=(
                "I do not want to buy what somebody was forced to make. I ask for a "
                "law that keeps the products of Uyghur forced labour off our shelves, "
                "and holds the companies that import them to it."
            ),
        ),
    ]


def _prompts(campaign: Campaign) -> list[Prompt]:
    """Return the questions, each answerable in a sentence by anybody."""
    return [
        Prompt(
            campaign=campaign,
            position=1,
            question="Who are you in this?",
            help=(
                "Your work, your street, your family, your faith: whatever makes you "
                "the constituent who writes. Name nobody who could be put in danger "
                "by it."
            ),
            example=(
                "I teach history at a school in the town, and I have lived here for "
                "twenty years."
            ),
            hint="a sentence about who you are and where you live",
            least_words=6,
        ),
        Prompt(
            campaign=campaign,
            position=2,
            question="What have you seen, heard or read?",
            help=(
                "Something that has stayed with you: a report, a conversation, a "
                "label in a shirt. One thing is enough."
            ),
            example=(
                "A friend at work has not been able to speak to her parents since "
                "2017. She does not know whether they are free."
            ),
            hint="one thing that you have seen, heard or read",
            least_words=8,
        ),
        Prompt(
            campaign=campaign,
            position=3,
            question="What do you ask of your MP?",
            help=(
                "The demands that you tick stand in the letter already. Here you can "
                "ask for one thing in your own words; one clear question is better "
                "than six."
            ),
            example=(
                "Will you ask the Foreign Secretary what has come of the Tribunal’s "
                "findings, and tell me the answer?"
            ),
            hint="one clear question to your MP",
            least_words=6,
        ),
    ]


def _sources(campaign: Campaign) -> list[Source]:
    """Return where each fact of the page and the letter comes from."""
    day = datetime.date
    return [
        Source(
            campaign=campaign,
            statement=(
                "The evidence of forced Uyghur labour is credible and growing, and "
                "raises particular concerns about cotton, a Foreign Office minister "
                "told the Commons."
            ),
            publisher=_HANSARD,
            title="Uyghur Slave Labour: Xinjiang",
            address="https://hansard.parliament.uk/Commons/2020-12-16/debates/"
            "5A8183C8-0467-4D58-8FAF-55AA109F40CD/details",
            published_on=day(2020, 12, 16),
            check_again_on=day(2027, 5, 24),
        ),
        Source(
            campaign=campaign,
            statement=(
                "More than a million people have been detained without trial; religion "
                "is treated as a crime; there is forced labour; women are sterilised "
                "by force, children parted from their parents and a whole population "
                "kept under surveillance, with facial recognition and the collection "
                "of DNA, the Foreign Secretary told the Commons."
            ),
            publisher=_HANSARD,
            title="Human Rights Update",
            address="https://hansard.parliament.uk/Commons/2021-03-22/debates/"
            "7E304076-1DAF-482C-B4AD-FFFDB8813E53/HumanRightsUpdate",
            published_on=day(2021, 3, 22),
            check_again_on=day(2027, 5, 24),
        ),
        Source(
            campaign=campaign,
            statement=(
                "On 22 March 2021, together with the European Union, Canada and the "
                "United States, Britain imposed sanctions on officials and on the "
                "Public Security Bureau of the Xinjiang Production and Construction "
                "Corps."
            ),
            publisher="Foreign, Commonwealth and Development Office",
            title="UK sanctions perpetrators of gross human rights violations in "
            "Xinjiang, alongside EU, Canada and US",
            address="https://www.gov.uk/government/news/uk-sanctions-perpetrators-of-"
            "gross-human-rights-violations-in-xinjiang-alongside-eu-canada-and-us",
            published_on=day(2021, 3, 22),
            check_again_on=day(2027, 2, 22),
        ),
        Source(
            campaign=campaign,
            statement="On 26 March 2021 China imposed sanctions on five MPs.",
            publisher="The Independent",
            title="Why has China sanctioned five British MPs?",
            address="https://www.independent.co.uk/news/uk/politics/"
            "china-sanctions-uk-tory-mps-b1822830.html",
            published_on=day(2021, 3, 26),
            check_again_on=day(2027, 2, 22),
        ),
        Source(
            campaign=campaign,
            statement=(
                "On 22 April 2021 the Commons passed a motion, without a vote, that "
                "Uyghurs and other minorities are suffering crimes against humanity "
                "and genocide."
            ),
            publisher=_HANSARD,
            title="Human Rights: Xinjiang",
            address="https://hansard.parliament.uk/commons/2021-04-22/debates/"
            "6FA4F300-D244-443E-A48C-57378876DE54/HumanRightsXinjiang",
            published_on=day(2021, 4, 22),
            check_again_on=day(2027, 8, 23),
        ),
        Source(
            campaign=campaign,
            statement=("The Uyghur Tribunal had no powers of sanction or enforcement."),
            publisher="Uyghur Tribunal",
            title="The Tribunal",
            address="https://uyghurtribunal.com/the-tribunal/",
            # The day that the tribunal was launched on these terms.
            published_on=day(2020, 9, 3),
            check_again_on=day(2027, 2, 22),
        ),
        Source(
            campaign=campaign,
            statement=(
                "On 9 December 2021 the Uyghur Tribunal, chaired by Sir Geoffrey Nice "
                "KC, found genocide by measures to prevent births, crimes against "
                "humanity and torture."
            ),
            publisher="Uyghur Tribunal",
            title="Uyghur Tribunal Judgment",
            address="https://uyghurtribunal.com/",
            published_on=day(2021, 12, 9),
            check_again_on=day(2027, 2, 22),
        ),
        Source(
            campaign=campaign,
            statement=(
                "A determination of genocide is a matter for a competent court, a "
                "Foreign Office minister told the Commons."
            ),
            publisher=_HANSARD,
            title="Uyghur Tribunal Judgment",
            address="https://hansard.parliament.uk/commons/2022-01-20/debates/"
            "22242466-901D-4CCA-995F-552292371002/UyghurTribunalJudgment",
            published_on=day(2022, 1, 20),
            check_again_on=day(2027, 2, 22),
        ),
        Source(
            campaign=campaign,
            statement=(
                "On 31 August 2022 the UN human rights office, from the material "
                "available to it, found that crimes against humanity may have been "
                "committed."
            ),
            publisher="Office of the UN High Commissioner for Human Rights",
            title="OHCHR Assessment of human rights concerns in the Xinjiang Uyghur "
            "Autonomous Region, People’s Republic of China",
            address="https://www.ohchr.org/en/documents/country-reports/ohchr-assessment-"
            "human-rights-concerns-xinjiang-uyghur-autonomous-region",
            published_on=day(2022, 8, 31),
            check_again_on=day(2027, 2, 22),
        ),
    ]
