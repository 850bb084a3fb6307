"""The first campaign in Welsh, and its letter."""

from typing import Final

CAMPAIGN: Final[dict[str, str]] = {
    "title": "Atal Hil-laddiad yr Uyghuriaid",
    "headline": "Gofynnwch i’ch Aelod Seneddol weithredu dros yr Uyghuriaid",
    "lede": (
        "Mae mwy na miliwn o Uyghuriaid a phobl o leiafrifoedd Mwslimaidd eraill yn "
        "Tsieina wedi cael eu cadw’n gaeth heb achos llys. Yn 2021 datganodd Tŷ’r "
        "Cyffredin fod hil-laddiad yn digwydd. Ysgrifennwch at eich Aelod Seneddol, yn "
        "eich geiriau eich hun, a gofynnwch beth y bydd Prydain yn ei wneud nesaf."
    ),
    "story": """\
Yn y rhanbarth Uyghur yng ngogledd-orllewin Tsieina, y mae llywodraeth Tsieina yn ei \
alw’n Xinjiang, mae mwy na miliwn o bobl wedi cael eu cadw’n gaeth heb achos llys. Ym \
mis Mawrth 2021 dywedodd yr Ysgrifennydd Tramor wrth Dŷ’r Cyffredin beth sy’n mynd law \
yn llaw â hynny: trin crefydd fel trosedd, llafur gorfodol, diffrwythloni menywod yn \
groes i’w hewyllys, gwahanu plant oddi wrth eu rhieni, a chadw poblogaeth gyfan dan \
wyliadwriaeth.

Mae’r rhai sydd wedi pwyso a mesur y dystiolaeth ers hynny wedi siarad yn blaen. Ar 9 \
Rhagfyr 2021 cyhoeddodd y Tribiwnlys Uyghur, dan gadeiryddiaeth Syr Geoffrey Nice KC, \
ei ddyfarniad: hil-laddiad, drwy fesurau i atal genedigaethau; troseddau yn erbyn y \
ddynoliaeth; ac artaith. Ar 31 Awst 2022 daeth Swyddfa Hawliau Dynol y Cenhedloedd \
Unedig i’r casgliad ei bod yn bosibl bod troseddau yn erbyn y ddynoliaeth wedi’u \
cyflawni.

Mae Prydain wedi cymryd cam cyntaf. Ar 22 Mawrth 2021, ar y cyd â’r Undeb Ewropeaidd, \
yr Unol Daleithiau a Chanada, gosododd sancsiynau ar swyddogion ac ar Fiwro Diogelwch \
y Cyhoedd Corfflu Cynhyrchu ac Adeiladu Xinjiang. Ar 26 Mawrth ymatebodd Tsieina drwy \
osod sancsiynau ar bum Aelod Seneddol. Ar 22 Ebrill derbyniodd Tŷ’r Cyffredin, heb \
bleidlais, gynnig yn datgan bod hil-laddiad yn digwydd.

Nid yw canfyddiadau ar eu pen eu hunain yn dwyn neb i gyfrif. Nid oedd gan y \
tribiwnlys rym i orfodi ei ddyfarniad. Gweithiodd swyddfa’r Cenhedloedd Unedig ar sail \
y deunydd a oedd ar gael iddi. Mae Llywodraeth y DU wedi dweud mai mater i lys cymwys \
yw dyfarnu ar hil-laddiad. Yr hyn sydd eto i’w wneud yw’r gwaith sy’n dilyn: \
sancsiynau pellach, llys â’r grym i farnu, ac ymchwiliad â mynediad llawn.

Mae eich Aelod Seneddol yno ar ran pobl un etholaeth, ac rydych chi’n un ohonynt. Bydd \
swyddfeydd yn rhoi cant o gopïau o’r un llythyr o’r neilltu, ond bydd rhywun yn \
darllen y llythyr sy’n dweud pwy sy’n ysgrifennu a pham. Nid oes angen gwybodaeth \
arbennig arnoch. Mae dwy frawddeg yn eich geiriau chi’ch hun yn werth mwy na thudalen \
o’n geiriau ni.""",
    "question": "Pam mae hyn yn bwysig i chi?",
    "question_help": (
        "Mae dwy neu dair brawddeg yn ddigon. Efallai fod rhywbeth yr ydych wedi’i "
        "ddarllen wedi aros gyda chi, neu fod hyn yn cyffwrdd â ffrindiau, cymdogion "
        "neu deulu, neu eich bod am wybod o ble y daw’r pethau yr ydych yn eu prynu. "
        "Peidiwch ag enwi neb a allai gael ei roi mewn perygl drwy hynny."
    ),
    # Welsh has no word for yes: “gwnaf” answers “a wnewch chi”.
    "stock_reply_help": """\
Diolch am eich ateb i’m llythyr am yr Uyghuriaid. Gwn fod eich swyddfa’n derbyn llawer \
o lythyrau, ac rwy’n ddiolchgar am yr amser.

Mae’r ateb yn dweud wrthyf beth sydd wedi’i ddweud a’i wneud hyd yn hyn. Nid yw’n \
dweud wrthyf beth a wneir nesaf, a dyna oedd fy nghwestiwn. [Dywedwch mewn un frawddeg \
beth yr oeddech wedi gofyn amdano a beth y mae’r ateb yn ei adael yn agored.]

Felly gofynnaf unwaith eto, ac mewn modd y gellir ei ateb â ‘gwnaf’ neu ‘na wnaf’: a \
wnewch chi ofyn y cwestiwn hwn i’r Swyddfa Dramor ar fy rhan, ac anfon ei hateb ataf?

Os ‘na wnaf’ yw’r ateb, byddwn yn falch o gael gwybod y rheswm. Ac os byddai sgwrs o \
gymorth, byddwn yn dod i un o’ch cymorthfeydd.""",
    "meeting_help": """\
Mae Aelodau Seneddol yn cwrdd â phobl eu hetholaeth mewn cymorthfeydd: apwyntiadau \
byr, yn aml ar ddydd Gwener neu ddydd Sadwrn. Caiff unrhyw un sy’n byw yn yr etholaeth \
ofyn am un. Nid oes angen gwybodaeth arbennig arnoch, ac nid oes ots dros bwy yr ydych \
yn pleidleisio.

Ffoniwch y swyddfa neu ysgrifennwch ati, a gofynnwch pryd y cynhelir y gymhorthfa \
nesaf a sut i drefnu apwyntiad. Dywedwch mewn brawddeg eich bod am sôn am yr \
Uyghuriaid a’ch bod wedi ysgrifennu. Gofynnir i chi am eich cyfeiriad. Os hoffech i \
rywun ddod gyda chi neu gyfieithu i chi, neu os oes angen ystafell heb risiau arnoch, \
dywedwch hynny bryd hynny; mae rhai swyddfeydd hefyd yn cynnig sgwrs dros y ffôn.

Dewch â’ch llythyr, wedi’i argraffu, a’r ateb os oes un. Disgwyliwch gael deng munud. \
Dywedwch yn gyntaf pam mae hyn yn bwysig i chi, yn eich geiriau eich hun: dyna sy’n \
aros yn y cof. Yna gofynnwch am un peth, yr un peth ag yn eich llythyr, ac arhoswch am \
yr ateb.

Cyn i chi fynd, gofynnwch beth y bydd yr Aelod Seneddol yn ei wneud ac erbyn pryd y \
gallwch ddisgwyl clywed am hynny. Drannoeth, ysgrifennwch ychydig linellau o ddiolch \
sy’n ailadrodd yr hyn y cytunwyd arno.

Os byddwch yn sôn am berthnasau neu ffrindiau a allai gael eu rhoi mewn perygl, \
dywedwch hynny ar y dechrau, a gofynnwch na chaiff unrhyw enw ei rannu ag eraill.""",
}

DEMANDS: Final[tuple[dict[str, str], ...]] = (
    {
        "title": "Sancsiynau pellach ar y rhai sy’n gyfrifol",
        "explanation": (
            "Roedd sancsiynau mis Mawrth 2021 yn enwi swyddogion ac un biwro "
            "diogelwch. Dylai’r rhai uwch na hwy a’r rhai wrth eu hochr ddilyn."
        ),
        "paragraph": (
            "Roedd sancsiynau 22 Mawrth 2021 yn enwi swyddogion ac un biwro "
            "diogelwch, ac ymatebodd Tsieina drwy osod sancsiynau ar bum Aelod "
            "Seneddol. Gofynnaf am sancsiynau pellach, ar y rhai a roddodd y "
            "gorchmynion yn ogystal â’r rhai sy’n eu gweithredu."
        ),
    },
    {
        "title": "Tribiwnlys â’r grym i ddwyn pobl i gyfrif",
        "explanation": (
            "Cyhoeddodd y Tribiwnlys Uyghur ei ddyfarniad, ond ni allai ei orfodi. "
            "Dylai Prydain weithredu ar ei ganfyddiadau, a chefnogi llys a all wneud "
            "hynny."
        ),
        "paragraph": (
            "Gallai’r Tribiwnlys Uyghur farnu, ond ni allai orfodi. Gofynnaf i "
            "Lywodraeth y DU weithredu ar ei ganfyddiadau, a chefnogi tribiwnlys â’r "
            "grym i ddwyn pobl i gyfrif."
        ),
    },
    {
        "title": "Ymchwiliad gan y Cenhedloedd Unedig, gyda mynediad llawn",
        "explanation": (
            "Gweithiodd Swyddfa Hawliau Dynol y Cenhedloedd Unedig ar sail y deunydd "
            "a oedd ar gael iddi. Rhaid i ymchwiliad annibynnol fod yn rhydd i fynd i "
            "weld."
        ),
        "paragraph": (
            "Gofynnaf i Brydain bwyso am ymchwiliad annibynnol gan y Cenhedloedd "
            "Unedig, gyda mynediad llawn: i’r rhanbarth, at y rhai sy’n cael neu a "
            "gafodd eu cadw’n gaeth, ac at eu teuluoedd."
        ),
    },
    {
        "title": "Gweithredu ar y cyd â’n cynghreiriaid",
        "explanation": (
            "Mae sancsiynau’n pwyso’n drymach pan ddônt o lawer o wledydd ar unwaith, "
            "fel y daethant ym mis Mawrth 2021."
        ),
        "paragraph": (
            "Ym mis Mawrth 2021 gweithredodd Prydain ar y cyd â’r Undeb Ewropeaidd, yr "
            "Unol Daleithiau a Chanada. Gofynnaf i Lywodraeth y DU gytuno ar y "
            "sancsiynau nesaf gyda’i chynghreiriaid, fel eu bod i gyd yn dwyn "
            "llywodraeth Tsieina i gyfrif."
        ),
    },
    {
        "title": "Gwahardd y cwmnïau sy’n gwneud hyn yn bosibl",
        "explanation": (
            "Ni ddylai cwmnïau a sefydliadau sy’n hwyluso’r erledigaeth gael na "
            "chontractau, na buddsoddiad, na marchnad yma."
        ),
        "paragraph": (
            "Mae Tŷ’r Cyffredin wedi clywed am boblogaeth gyfan dan wyliadwriaeth. Nid "
            "oes neb yn gwneud hynny heb gyflenwyr. Gofynnaf i Lywodraeth y DU wahardd "
            "y cwmnïau a’r sefydliadau sy’n hwyluso’r erledigaeth."
        ),
    },
    {
        "title": "Dim nwyddau a wnaed drwy lafur gorfodol",
        "explanation": (
            "Ni ddylid gwerthu yma yr hyn y gorfodir Uyghuriaid i’w wneud, ac ni "
            "ddylem ychwaith brynu gan gwmnïau sy’n elwa arno."
        ),
        "paragraph": (
            "Nid wyf am brynu’r hyn y gorfodwyd rhywun i’w wneud. Gofynnaf am gyfraith "
            "sy’n cadw cynnyrch llafur gorfodol yr Uyghuriaid oddi ar ein silffoedd, "
            "ac sy’n rhwymo’r cwmnïau sy’n ei fewnforio i gadw ati."
        ),
    },
)

PROMPTS: Final[tuple[dict[str, str], ...]] = (
    {
        "question": "Pwy ydych chi yn hyn i gyd?",
        "help": (
            "Eich gwaith, eich stryd, eich teulu, eich ffydd: beth bynnag sy’n dangos "
            "pwy yw’r etholwr sy’n ysgrifennu. Peidiwch ag enwi neb a allai gael ei "
            "roi mewn perygl drwy hynny."
        ),
        "example": (
            "Rwy’n dysgu hanes mewn ysgol yn y dref, ac rwy’n byw yma ers ugain "
            "mlynedd."
        ),
        "hint": "brawddeg am bwy ydych chi a ble rydych chi’n byw",
    },
    {
        "question": "Beth ydych chi wedi’i weld, ei glywed neu ei ddarllen?",
        "help": (
            "Rhywbeth sydd wedi aros gyda chi: adroddiad, sgwrs, label mewn crys. Mae "
            "un peth yn ddigon."
        ),
        "example": (
            "Nid yw ffrind i mi yn y gwaith wedi gallu siarad â’i rhieni ers 2017. Nid "
            "yw hi’n gwybod a ydynt yn rhydd."
        ),
        "hint": "un peth yr ydych wedi’i weld, ei glywed neu ei ddarllen",
    },
    {
        "question": "Beth ydych chi’n ei ofyn gan eich Aelod Seneddol?",
        "help": (
            "Mae’r galwadau yr ydych yn eu ticio eisoes yn y llythyr. Yma gallwch "
            "ofyn am un peth yn eich geiriau eich hun; mae un cwestiwn clir yn well na "
            "chwech."
        ),
        "example": (
            "A wnewch chi ofyn i’r Ysgrifennydd Tramor beth sydd wedi deillio o "
            "ganfyddiadau’r Tribiwnlys, a rhoi’r ateb i mi?"
        ),
        "hint": "un cwestiwn clir i’ch Aelod Seneddol",
    },
)

SOURCES: Final[tuple[str, ...]] = (
    (
        "Mae’r dystiolaeth o lafur gorfodol yr Uyghuriaid yn gredadwy ac yn cynyddu, "
        "ac mae’n codi pryderon arbennig ynghylch cotwm, meddai un o weinidogion y "
        "Swyddfa Dramor wrth Dŷ’r Cyffredin."
    ),
    (
        "Mae mwy na miliwn o bobl wedi cael eu cadw’n gaeth heb achos llys; caiff "
        "crefydd ei thrin fel trosedd; ceir llafur gorfodol; caiff menywod eu "
        "diffrwythloni drwy rym, plant eu gwahanu oddi wrth eu rhieni a phoblogaeth "
        "gyfan ei chadw dan wyliadwriaeth, gan ddefnyddio technoleg adnabod wynebau a "
        "chasglu DNA, meddai’r Ysgrifennydd Tramor wrth Dŷ’r Cyffredin."
    ),
    (
        "Ar 22 Mawrth 2021, ar y cyd â’r Undeb Ewropeaidd, Canada a’r Unol Daleithiau, "
        "gosododd Prydain sancsiynau ar swyddogion ac ar Fiwro Diogelwch y Cyhoedd "
        "Corfflu Cynhyrchu ac Adeiladu Xinjiang."
    ),
    "Ar 26 Mawrth 2021 gosododd Tsieina sancsiynau ar bum Aelod Seneddol.",
    (
        "Ar 22 Ebrill 2021 derbyniodd Tŷ’r Cyffredin, heb bleidlais, gynnig yn datgan "
        "bod Uyghuriaid a lleiafrifoedd eraill yn dioddef troseddau yn erbyn y "
        "ddynoliaeth a hil-laddiad."
    ),
    "Nid oedd gan y Tribiwnlys Uyghur unrhyw bwerau i gosbi nac i orfodi.",
    (
        "Ar 9 Rhagfyr 2021 dyfarnodd y Tribiwnlys Uyghur, dan gadeiryddiaeth Syr "
        "Geoffrey Nice KC, fod hil-laddiad drwy fesurau i atal genedigaethau, "
        "troseddau yn erbyn y ddynoliaeth ac artaith wedi’u cyflawni."
    ),
    (
        "Mater i lys cymwys yw dyfarnu ar hil-laddiad, meddai un o weinidogion y "
        "Swyddfa Dramor wrth Dŷ’r Cyffredin."
    ),
    (
        "Ar 31 Awst 2022 daeth Swyddfa Hawliau Dynol y Cenhedloedd Unedig, ar sail y "
        "deunydd a oedd ar gael iddi, i’r casgliad ei bod yn bosibl bod troseddau yn "
        "erbyn y ddynoliaeth wedi’u cyflawni."
    ),
)

LETTER_SUBJECT: Final = "Oddi wrth un o’ch etholwyr: cyfiawnder i’r Uyghuriaid"
# The name of a seat follows “etholaeth”, where it stays as it is: after “yn” it would
# change. Parties are compared as the register spells them, in English.
LETTER_BODY: Final = """\
Yr wyf yn un o’ch etholwyr yn etholaeth {{ constituency.name }}, ac yr wyf yn \
ysgrifennu atoch ynghylch yr Uyghuriaid.

{% if reason %}
{{ reason }}
{% else %}
[Dywedwch yma mewn brawddeg neu ddwy pam mae hyn yn bwysig i chi.]
{% endif %}

Ar 22 Ebrill 2021 derbyniodd Tŷ’r Cyffredin, heb bleidlais, gynnig yn datgan bod \
hil-laddiad yn digwydd. Ers hynny mae’r Tribiwnlys Uyghur (9 Rhagfyr 2021) wedi \
dyfarnu bod hil-laddiad a throseddau yn erbyn y ddynoliaeth wedi digwydd, ac mae \
Swyddfa Hawliau Dynol y Cenhedloedd Unedig (31 Awst 2022) wedi dod i’r casgliad ei bod \
yn bosibl bod troseddau yn erbyn y ddynoliaeth wedi’u cyflawni.

{% for demand in demands %}
{{ demand.paragraph }}

{% endfor %}

{% if representative.party == "Speaker" or representative.office == "deputy_speaker" %}
Gwn nad yw’r sawl sy’n llywyddu yn cymryd ochr yn gyhoeddus, ac nid wyf yn gofyn \
hynny. A wnewch chi godi hyn yn breifat gyda’r Ysgrifennydd Tramor ar fy rhan, a rhoi \
gwybod i mi pa ateb a gewch?
{% elif representative.party == "Sinn Féin" or representative.office == "no_seat" %}
Gwn nad ydych yn cymryd eich sedd yn San Steffan, ac nid wyf yn gofyn hynny. A wnewch \
chi ysgrifennu at yr Ysgrifennydd Tramor am hyn ar fy rhan, a rhoi gwybod i mi pa ateb \
a gewch?
{% elif representative.office == "whip" %}
Gwn nad yw chwipiaid yn datgan barn yn gyhoeddus, ac nid wyf yn gofyn hynny. A wnewch \
chi godi hyn gyda’r Ysgrifennydd Tramor ar fy rhan, a rhoi gwybod i mi pa ateb a gewch?
{% elif representative.office == "minister" %}
Fel aelod o’r Llywodraeth, cewch eich clywed lle y penderfynir ar hyn. A wnewch chi \
ddadlau’r achos yno, a rhoi gwybod i mi pa ateb a gewch?
{% elif representative.office == "opposition" %}
Rydych yn dal swydd ar fainc flaen yr wrthblaid. A wnewch chi bwyso ar Lywodraeth y DU \
ynghylch hyn, a rhoi gwybod i mi pa ateb a gewch?
{% else %}
A wnewch chi godi’r mater hwn gyda Llywodraeth y DU, a rhoi gwybod i mi pa ateb a \
gewch? Os ydych chi eich hun yn dal swydd yn y Llywodraeth, gofynnaf i chi ddadlau’r \
achos yno.
{% endif %}"""
