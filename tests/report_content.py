"""Contents for the report tests: a small hostile one, and a large one for speed and lazy drawing."""

import random
from datetime import date

from matchmaker.records import Evidence, Match, Notice, Profile, Rejection, Shortlist, Span, Term
from matchmaker.report import ReportContent

SCRIPT = "<script>alert(1)</script>"
FORMULA = '=HYPERLINK("http://x","y")'
IMAGE = '"><img src=x onerror=alert(1)>'
END = "</script><!-- ]]> <script>"
LONG_WORD = "Poly" + "methyl" * 40 + "siloxane"
SEPARATORS = "行一\u2028行二\u2029行三"
ODD_ID = 'N 6 "引号" & <b>\'%/#'


def _achievement(name, title, description="", **more):
    return Profile(id=name, kind="achievement", title=title, description=description, **more)


def _need(name, title, description="", **more):
    return Profile(id=name, kind="need", title=title, description=description, **more)


ACHIEVEMENTS = [
    _achievement(
        "A-0001",
        "宽温域锂离子电池电解液及添加剂",
        "🔋🔋面向寒区的锂离子电池电解液，以羧酸酯为主溶剂，−40 ℃ 放电容量保持率不低于 70%。\n已完成公斤级送样。",
        keywords=("电解液", "低温", "LiFSI"),
        field="洁净能源",
        organisation="北海化学物理研究所",
        region="大连市沙河口区",
        maturity="中试",
        mode="技术许可、合作开发",
        money="120",
        date=date(2026, 3, 5),
        extra={"负责人": "沈知白", "电话": "0411-0000-0000", "专利": ""},
    ),
    _achievement("A-0002", SCRIPT, IMAGE + END, field="电子信息", organisation=SCRIPT, extra={IMAGE: SCRIPT}),
    _achievement("A-0003", FORMULA, FORMULA, organisation="=1+1", money="+1", maturity="@SUM(A1)", mode="-1"),
    _achievement(
        "A-0004", "超长说明的成果", "海参育苗与度夏管理。" * 500, field="海洋经济", organisation="渤海海洋大学"
    ),
    _achievement("A-0005", "只有题目的成果", field="海洋经济", organisation="渤海海洋大学"),
    _achievement("A-0006", LONG_WORD, LONG_WORD, field="精细化工", organisation="滨城理工大学"),
    _achievement('A "7" & <i>', "编号古怪的成果", "编号里有空格和引号。", organisation="滨城理工大学"),
    _achievement("A-0008", "焊缝射线底片智能评片", "底片缺陷识别，𠮷字与 emoji 😀 之后仍应对准。", field="高端装备"),
    _achievement("A-0009", "海参 DNA 条形码鉴定", SEPARATORS, field="海洋经济", organisation="星海大学"),
    _achievement("A-0010", "表情符号 😀👨‍👩‍👧 成果", "😀" * 30, organisation="星海大学"),
    _achievement("A-0011", "控制字符\x00\x0b成果", "\x01\x02可见\ufffe\uffff", organisation="星海大学"),
    _achievement("A-0012", "没有人要的成果", "不进入任何清单。", field="航空航天", organisation="连港交通大学"),
]

NEEDS = [
    _need(
        "N-0001",
        "冬天电池没电，求低温电解液",
        "❄️无人机冬天在户外续航掉一半。希望更换锂离子电池电解液，不改产线；−40 ℃ 仍能放电。",
        keywords=("电解液", "无人机"),
        field="洁净能源",
        organisation="大连朔翼动力电池有限公司",
        region="辽宁省大连市甘井子区",
        maturity="小试以上",
        mode="技术许可",
        money="150万元",
        date=date(2027, 3, 31),
    ),
    _need("N-0002", SCRIPT, IMAGE + END + SCRIPT, field="电子信息", organisation=FORMULA, region=IMAGE),
    _need("N-0003", FORMULA, "=1+1", field="电子信息", organisation="大连某公司"),
    _need("N-0004", "夏天海参化皮", "海参育苗。" * 1000, field="海洋经济", organisation="大连参丰海珍品有限公司"),
    _need("N-0005", "只有一个题目的需求", field="现代农业", region="庄河市", organisation="大连穗丰农机有限公司"),
    _need(ODD_ID, "编号古怪的需求", "编号里有空格、引号和 %。" + SEPARATORS, field="高端装备", region="旅顺口区"),
    _need("N-0007", LONG_WORD, LONG_WORD + " " + LONG_WORD, field="精细化工", organisation=LONG_WORD),
    _need(
        "N-0008", "射线底片没人会看", "老师傅退休，𠮷利厂的底片缺陷识别没人做。😀", field="高端装备", region="金普新区"
    ),
]


def find_spans(need, achievement, *terms):
    """Return the spans of every occurrence of the terms on both sides."""
    spans = []
    for profile in (need, achievement):
        texts = {
            "title": profile.title,
            "description": profile.description,
            "keywords": "；".join(profile.keywords),
        }
        for term in terms:
            for part, text in texts.items():
                at = text.find(term)
                while at >= 0:
                    spans.append(Span(profile.kind, part, at, at + len(term), term))
                    at = text.find(term, at + 1)
    return tuple(spans)


def make_match(need, achievement, rank, probability, *terms, reasons=(), more_spans=()):
    """Return a match whose parts add up to its score."""
    parts = (
        Term("dense", 0.8, 2 * probability),
        Term("bm25", 7.5, 0.75),
        Term("field", 1.0, -0.25),
        *(Term(f"small_{place}", 0.1, 0.01 * place) for place in range(1, 9)),
    )
    evidence = Evidence(
        reasons=reasons or ("领域一致", f"双方均涉及{'、'.join(terms)}"),
        spans=find_spans(need, achievement, *terms) + tuple(more_spans),
        terms=parts,
        base=-1.5,
    )
    score = evidence.base + sum(part.contribution for part in parts)
    return Match(need.id, achievement.id, rank, score, probability, evidence)


def build_content(lang="zh", **changes):
    """Return the small hostile content."""
    achievements = {profile.id: profile for profile in ACHIEVEMENTS}
    a, n = [None, *ACHIEVEMENTS], [None, *NEEDS]
    outside = (
        Span("need", "title", -5, 2, "越界"),
        Span("achievement", "description", 10, 9_999, "越界"),
        Span("need", "description", 500, 600, "越界"),
        Span("need", "keywords", 3, 1, "颠倒"),
    )
    shortlists = [
        Shortlist(
            n[1].id,
            (
                make_match(n[1], a[1], 1, 0.91, "锂离子电池电解液", "电解液", "−40 ℃"),
                make_match(n[1], a[10], 2, 0.4, more_spans=outside),
                make_match(n[1], a[7], 3, 0.004, reasons=(SCRIPT, FORMULA)),
            ),
            suitable=1,
        ),
        Shortlist(n[2].id, (make_match(n[2], a[2], 1, 0.75, SCRIPT), make_match(n[2], a[3], 2, 0.3)), suitable=1),
        Shortlist(n[3].id, (make_match(n[3], a[3], 1, 0.35, "="), make_match(n[3], a[2], 2, 0.2)), suitable=0),
        Shortlist(
            n[4].id,
            (
                make_match(n[4], a[4], 1, 0.997, "海参育苗"),
                make_match(n[4], a[9], 2, 0.6, "海参"),
                make_match(n[4], a[5], 3, 0.1),
            ),
            suitable=2,
        ),
        Shortlist(n[6].id, (make_match(n[6], a[7], 1, 0.5, "编号", "空格"), make_match(n[6], a[9], 2, 0.0)), 1),
        Shortlist(n[7].id, (make_match(n[7], a[6], 1, 1.0, "methyl", LONG_WORD), make_match(n[7], a[11], 2, 0.2)), 1),
        Shortlist(n[8].id, (make_match(n[8], a[8], 1, 0.8, "底片缺陷识别", "底片"),), 1),
    ]
    values = {
        "achievements": achievements,
        "needs": NEEDS,
        "shortlists": shortlists,
        "rejected": [
            Rejection("需求.xlsx", "2026年", 17, "没有需求名称", f"N-0017,,{SCRIPT}"),
            Rejection("成果.csv", "", 203, "编号重复：A-0007", FORMULA),
        ],
        "notices": [Notice("成果.csv", "", 0, "按 GB18030 解码"), Notice(FORMULA, "", 9, IMAGE)],
        "settings": {"每条需求列出": "10", SCRIPT: FORMULA},
        "title": f"大连市对接会 {SCRIPT}",
        "made_on": date(2026, 11, 2),
        "lang": lang,
        "feature_names": {"dense": "语义相近", "bm25": IMAGE},
    }
    return ReportContent(**{**values, **changes})


def build_large(needs=2_000, achievements=3_000, matches=10, seed=7):
    """Return a content of texts of about 800 characters, none like another."""
    rng = random.Random(seed)
    things = "轴承 叶片 电解液 海参 底片 齿轮 涂层 树脂 催化剂 传感器 焊缝 泵阀 膜材料 机床 苗种".split()
    doings = "失效分析 在线监测 寿命预测 低温改性 智能识别 绿色制备 节能改造 无损检测 连续生产".split()
    fields = "洁净能源 电子信息 精细化工 海洋经济 航空航天 高端装备 现代农业".split()

    def compose(kind, name):
        thing, doing = rng.choice(things), rng.choice(doings)
        text = "".join(f"{rng.choice(things)}的{rng.choice(doings)}要求{rng.randrange(1000)}；" for _ in range(55))
        return Profile(
            id=name,
            kind=kind,
            title=f"{thing}{doing}（{name}）",
            description=text[:800],
            keywords=(thing, doing),
            field=rng.choice(fields),
            organisation=f"{'大学' if kind == 'achievement' else '公司'}{rng.randrange(40)}",
            region=rng.choice(("甘井子区", "大连市金普新区", "庄河市")),
        )

    supply = [compose("achievement", f"A-{row:05}") for row in range(achievements)]
    demand = [compose("need", f"N-{row:05}") for row in range(needs)]
    shortlists = []
    for need in demand:
        chances = sorted((rng.random() for _ in range(matches)), reverse=True)
        found = [
            make_match(need, achievement, rank, chance, *need.keywords)
            for rank, (achievement, chance) in enumerate(zip(rng.sample(supply, matches), chances, strict=True), 1)
        ]
        shortlists.append(Shortlist(need.id, tuple(found), sum(chance >= 0.8 for chance in chances)))
    return build_content(
        achievements={profile.id: profile for profile in supply}, needs=demand, shortlists=shortlists, title="大清单"
    )
