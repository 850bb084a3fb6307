"""The first campaign in Turkish; see ``actions.first_campaign`` for the English."""

from typing import Final

_STORY: Final = """\
Çin’in kuzeybatısında, Çin hükümetinin Sincan (Xinjiang) dediği Uygur bölgesinde bir \
milyondan fazla insan yargılanmadan alıkonuldu. Mart 2021’de Britanya Dışişleri \
Bakanı, buna nelerin eşlik ettiğini Avam Kamarasına anlattı: dinin suç sayılması, \
zorla çalıştırma, kadınların iradeleri dışında kısırlaştırılması, çocukların anne \
babalarından ayrılması ve bütün bir halkın gözetim altında tutulması.

O günden bu yana kanıtları değerlendirenler açık konuştu. Başkanlığını Sir Geoffrey \
Nice KC’nin yaptığı Uygur Mahkemesi (Uyghur Tribunal), kararını 9 Aralık 2021’de \
açıkladı: doğumları önlemeye yönelik tedbirler yoluyla soykırım; insanlığa karşı \
suçlar; işkence. 31 Ağustos 2022’de ise Birleşmiş Milletler insan hakları ofisi, \
insanlığa karşı suçlar işlenmiş olabileceği sonucuna vardı.

Britanya bir ilk adım attı. 22 Mart 2021’de Avrupa Birliği, Amerika Birleşik \
Devletleri ve Kanada ile birlikte, bazı yetkililere ve Sincan Üretim ve İnşaat \
Kolordusunun Kamu Güvenliği Bürosuna yaptırım uyguladı. Çin, 26 Mart’ta beş Britanya \
milletvekiline yaptırım uygulayarak karşılık verdi. 22 Nisan’da Avam Kamarası, \
soykırım işlenmekte olduğuna dair bir önergeyi oylama yapılmadan kabul etti.

Tespitler tek başına kimseden hesap sormaz. Uygur Mahkemesinin, kararını uygulatma \
yetkisi yoktu. Birleşmiş Milletler ofisi, erişebildiği malzemeyle çalıştı. Hükümet, \
soykırım konusunda kararı yetkili bir mahkemenin vermesi gerektiğini söyledi. Şimdi \
yapılması gereken, bunların devamını getirmektir: yeni yaptırımlar, yargılama yetkisi \
olan bir mahkeme ve tam erişimle yürütülen bir soruşturma.

Milletvekiliniz tek bir seçim bölgesinin insanları için oradadır ve siz onlardan \
birisiniz. Ofisler aynı mektubun yüz kopyasını bir kenara koyar; ama kimin, neden \
yazdığını anlatan mektubu biri okur. Özel bir bilgiye ihtiyacınız yok. Kendi \
kaleminizden çıkan iki cümle, bizim yazdığımız bir sayfadan daha değerlidir."""
_MEETING: Final = """\
Milletvekilleri, seçim bölgelerinde yaşayan insanlarla “surgery” denen görüşmelerde \
buluşur: bunlar çoğunlukla cuma veya cumartesi günleri yapılan kısa, randevulu \
görüşmelerdir. Seçim bölgesinde yaşayan herkes randevu isteyebilir. Özel bir bilgiye \
ihtiyacınız yok; kime oy verdiğiniz de önemli değil.

Ofise telefon edin veya yazın; bir sonraki görüşme gününün ne zaman olduğunu ve nasıl \
randevu alınacağını sorun. Konunun Uygurlar olduğunu ve daha önce mektup yazdığınızı \
bir cümleyle belirtin. Sizden adresiniz istenecektir. Birinin size eşlik etmesini \
veya tercümanlık yapmasını istiyorsanız ya da basamaksız girilebilen bir odaya \
ihtiyacınız varsa bunu o sırada söyleyin; bazı ofisler telefonla görüşme imkânı da \
sunar.

Mektubunuzun çıktısını ve geldiyse cevabı yanınıza alın. Görüşmenin on dakika kadar \
süreceğini hesaba katın. Önce bunun sizin için neden önemli olduğunu kendi \
sözlerinizle anlatın: akılda kalan budur. Sonra tek bir şey isteyin, mektubunuzda ne \
istediyseniz onu; ve cevabı bekleyin.

Ayrılmadan önce milletvekilinin ne yapacağını ve size ne zamana kadar bilgi \
verileceğini sorun. Ertesi gün, üzerinde anlaşılanları yineleyen birkaç satırlık bir \
teşekkür yazısı gönderin.

Tehlikeye girebilecek akrabalarınızdan veya arkadaşlarınızdan söz edecekseniz bunu en \
başta söyleyin ve isimlerin kimseye iletilmemesini isteyin."""

CAMPAIGN: Final[dict[str, str]] = {
    "title": "Uygur Soykırımını Durdurun",
    "headline": "Milletvekilinizden Uygurlar için harekete geçmesini isteyin",
    "lede": (
        "Çin’de, Uygurlara ve diğer Müslüman azınlıklara mensup bir milyondan fazla "
        "insan yargılanmadan alıkonuldu. 2021’de Avam Kamarası, soykırım işlenmekte "
        "olduğunu ilan etti. Milletvekilinize kendi sözlerinizle yazın ve "
        "Britanya’nın bundan sonra ne yapacağını sorun."
    ),
    "story": _STORY,
    "question": "Bu konu sizin için neden önemli?",
    "question_help": (
        "İki üç cümle yeter. Belki okuduğunuz bir şey aklınızdan çıkmıyor, belki bu "
        "konu arkadaşlarınıza, komşularınıza ya da ailenize dokunuyor, belki de satın "
        "aldığınız şeylerin nereden geldiğini bilmek istiyorsunuz. Yazdıklarınız "
        "yüzünden tehlikeye girebilecek hiç kimsenin adını vermeyin."
    ),
    "stock_reply_help": "",
    "meeting_help": _MEETING,
}

DEMANDS: Final[tuple[dict[str, str], ...]] = (
    {
        "title": "Sorumlulara yeni yaptırımlar",
        "explanation": (
            "Mart 2021’deki yaptırımlar, bazı yetkilileri ve bir güvenlik bürosunu "
            "kapsıyordu. Sıra onların üstündekilere ve yanındakilere gelmeli."
        ),
    },
    {
        "title": "Hesap sorma yetkisi olan bir mahkeme",
        "explanation": (
            "Uygur Mahkemesi kararını verdi, ama uygulatamadı. Britanya, Mahkemenin "
            "tespitleri doğrultusunda harekete geçmeli ve kendi kararını "
            "uygulatabilecek bir mahkemeyi desteklemelidir."
        ),
    },
    {
        "title": "Tam erişimli bir BM soruşturması",
        "explanation": (
            "BM insan hakları ofisi, erişebildiği malzemeyle çalıştı. Bağımsız bir "
            "soruşturma, gidip yerinde görmekte serbest olmalıdır."
        ),
    },
    {
        "title": "Müttefiklerimizle birlikte hareket edilmesi",
        "explanation": (
            "Yaptırımlar, Mart 2021’de olduğu gibi birçok ülkeden aynı anda "
            "geldiğinde daha ağır basar."
        ),
    },
    {
        "title": "Buna imkân veren şirketlerin yasaklanması",
        "explanation": (
            "Zulmü kolaylaştıran şirketler ve kurumlar burada ne sözleşme ne yatırım "
            "ne de pazar bulabilmelidir."
        ),
    },
    {
        "title": "Zorla çalıştırmayla üretilen mallara hayır",
        "explanation": (
            "Uygurlara zorla ürettirilen mallar burada satılmamalı; biz de bundan kâr "
            "eden şirketlerden alışveriş yapmamalıyız."
        ),
    },
)

PROMPTS: Final[tuple[dict[str, str], ...]] = (
    {
        "question": "Bu mektubu yazan siz kimsiniz?",
        "help": (
            "İşiniz, sokağınız, aileniz, inancınız: sizi bu mektubu yazan bölge "
            "sakini yapan ne varsa. Yazdıklarınız yüzünden tehlikeye girebilecek hiç "
            "kimsenin adını vermeyin. Cevabınız, milletvekilinize gidecek mektubun "
            "bir parçası olur; bu yüzden mümkünse İngilizce yazmanız en iyisidir. "
            "Basit bir İngilizce yeterlidir."
        ),
        "example": (
            "Şehirdeki bir okulda tarih öğretmenliği yapıyorum ve yirmi yıldır burada "
            "yaşıyorum."
        ),
        "hint": "kim olduğunuz ve nerede yaşadığınız hakkında bir cümle",
    },
    {
        "question": "Ne gördünüz, ne duydunuz veya ne okudunuz?",
        "help": (
            "Aklınızdan çıkmayan bir şey: bir haber, bir sohbet, bir gömleğin "
            "içindeki etiket. Tek bir şey yeter."
        ),
        "example": (
            "İş yerinden bir kadın arkadaşım 2017’den beri annesi ve babasıyla "
            "konuşamıyor. Özgür olup olmadıklarını bilmiyor."
        ),
        "hint": "gördüğünüz, duyduğunuz veya okuduğunuz bir şey",
    },
    {
        "question": "Milletvekilinizden ne istiyorsunuz?",
        "help": (
            "İşaretlediğiniz talepler zaten mektupta yer alıyor. Burada kendi "
            "sözlerinizle bir şey isteyebilirsiniz; açık, tek bir soru altı sorudan "
            "iyidir."
        ),
        "example": (
            "Dışişleri Bakanı’na, Mahkemenin tespitlerinden ne sonuç çıktığını sorup "
            "cevabını bana bildirir misiniz?"
        ),
        "hint": "milletvekilinize açık, tek bir soru",
    },
)

SOURCES: Final[tuple[str, ...]] = (
    (
        "Dışişleri Bakanlığından bir bakanın Avam Kamarasında söylediğine göre, "
        "Uygurların zorla çalıştırıldığına ilişkin kanıtlar inandırıcıdır, giderek "
        "artmaktadır ve özellikle pamuk konusunda kaygı uyandırmaktadır."
    ),
    (
        "Dışişleri Bakanı’nın Avam Kamarasında söylediğine göre, bir milyondan fazla "
        "insan yargılanmadan alıkonulmuştur; din suç sayılmaktadır; zorla çalıştırma "
        "vardır; kadınlar zorla kısırlaştırılmakta, çocuklar anne babalarından "
        "ayrılmakta ve bütün bir halk, yüz tanıma ve DNA toplama ile gözetim altında "
        "tutulmaktadır."
    ),
    (
        "Britanya 22 Mart 2021’de Avrupa Birliği, Kanada ve Amerika Birleşik "
        "Devletleri ile birlikte, bazı yetkililere ve Sincan Üretim ve İnşaat "
        "Kolordusunun Kamu Güvenliği Bürosuna yaptırım uyguladı."
    ),
    "26 Mart 2021’de Çin, beş Britanya milletvekiline yaptırım uyguladı.",
    (
        "22 Nisan 2021’de Avam Kamarası, Uygurların ve diğer azınlıkların insanlığa "
        "karşı suçlara ve soykırıma maruz kaldığına dair bir önergeyi oylama "
        "yapılmadan kabul etti."
    ),
    "Uygur Mahkemesinin yaptırım veya icra yetkisi yoktu.",
    (
        "Başkanlığını Sir Geoffrey Nice KC’nin yaptığı Uygur Mahkemesi, 9 Aralık "
        "2021’de, doğumları önlemeye yönelik tedbirler yoluyla soykırım işlendiği, "
        "ayrıca insanlığa karşı suçlar işlendiği ve işkence yapıldığı sonucuna vardı."
    ),
    (
        "Dışişleri Bakanlığından bir bakanın Avam Kamarasında söylediğine göre, "
        "soykırım olup olmadığına karar vermek yetkili bir mahkemenin işidir."
    ),
    (
        "31 Ağustos 2022’de BM insan hakları ofisi, erişebildiği malzemeye dayanarak, "
        "insanlığa karşı suçlar işlenmiş olabileceği sonucuna vardı."
    ),
)
