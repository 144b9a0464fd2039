"""The contract of each kind of table: its columns, and the headers that people really write for them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a contract.

    Attributes
    ----------
    name : str
        The contract's English name, itself an accepted header.
    attribute : str
        The attribute of the record that takes the cell.
    aliases : tuple of str
        Other accepted headers, the most telling first: of several fitting columns the one with the earlier alias wins.
    """

    name: str
    attribute: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contract:
    """The columns of one kind of table; ``required`` names those without which it cannot be read."""

    name: str
    required: tuple[str, ...]
    columns: tuple[Column, ...]


def _column(name: str, attribute: str, *aliases: str) -> Column:
    """Return a column whose aliases are words in a few lines."""
    return Column(name, attribute, tuple(" ".join(aliases).split()))


_DESCRIPTION = "详细描述 详细说明 内容简介 内容 简介 描述 摘要 details abstract summary content"
_KEYWORDS = _column("keywords", "keywords", "关键词 关键字 技术关键词 标签 keyword tags")
_FIELD = _column(
    "field",
    "field",
    "所属领域 技术领域 应用领域 所属技术领域 产业领域 行业领域 所属行业 应用行业 所属产业 领域 行业 产业",
    "industry sector domain",
)
_REGION = _column(
    "region",
    "region",
    "所在区县 所属区县 区县 所在地区 所属地区 地区 所在地 所在区域 区域 所在城市 城市 所属地市 地市 所在市 地址",
    "district city location area",
)
_MATURITY = (
    "技术成熟度 成果成熟度 成熟度 成熟度等级 技术成熟度等级 所处阶段 成果阶段 研发阶段 技术阶段 项目阶段 发展阶段 阶段"
    " trl stage readiness"
)

ACHIEVEMENTS = Contract(
    "achievements",
    ("achievement_id", "title"),
    (
        _column("achievement_id", "id", "成果编号 成果id 成果编码 项目编号 登记号 编号 编码 id 序号 no"),
        _column(
            "title",
            "title",
            "成果名称 科技成果名称 技术成果名称 成果题目 成果标题 项目名称 技术名称 成果 名称 标题 题目",
            "name achievement projectname",
        ),
        _column(
            "description",
            "description",
            "成果简介 成果介绍 成果描述 成果内容 项目简介 技术简介 技术内容 技术描述 介绍",
            _DESCRIPTION,
        ),
        _KEYWORDS,
        _FIELD,
        _column(
            "institution",
            "organisation",
            "完成单位 第一完成单位 成果完成单位 主要完成单位 所属单位 持有单位 成果持有单位 供给单位 高校院所 所属高校",
            "高校 院校 科研院所 研究机构 机构 单位名称 单位 organisation organization university",
        ),
        _REGION,
        _column("maturity", "maturity", _MATURITY),
        _column(
            "transfer_mode", "mode", "转化方式 拟转化方式 转让方式 交易方式 转化形式 合作方式 合作形式 合作意向 mode"
        ),
        _column("price", "money", "价格 转让价格 意向价格 拟转让价格 转让费 报价 估价 金额 money"),
        _column(
            "updated_on",
            "date",
            "更新时间 更新日期 最后更新时间 修改时间 发布时间 发布日期 登记时间 登记日期 入库时间 入库日期 日期",
            "updatedat updated date",
        ),
    ),
)

NEEDS = Contract(
    "needs",
    ("need_id", "title"),
    (
        _column("need_id", "id", "需求编号 需求id 需求编码 难题编号 榜单编号 项目编号 编号 编码 id 序号 no"),
        _column(
            "title",
            "title",
            "需求名称 技术需求名称 需求标题 需求题目 难题名称 技术难题名称 榜单名称 项目名称 技术需求 技术难题 难题",
            "需求 名称 标题 题目 name need projectname",
        ),
        _column(
            "description",
            "description",
            "需求描述 需求内容 需求简介 需求详情 需求说明 技术需求描述 技术需求内容 难题描述 难题内容 主要内容",
            "需求背景 技术内容 项目简介",
            _DESCRIPTION,
            # Beside a column of names these hold the long text; alone they are the title, which chooses first.
            "技术需求 技术难题 难题 需求",
        ),
        _KEYWORDS,
        _FIELD,
        _column(
            "enterprise",
            "organisation",
            "企业名称 需求企业 需求单位 发榜企业 发榜单位 提出单位 公司名称 单位名称 所属企业 企业 公司 单位",
            "organisation organization company",
        ),
        _REGION,
        _column("maturity", "maturity", "要求成熟度 期望成熟度 成熟度要求", _MATURITY),
        _column("cooperation_mode", "mode", "合作方式 意向合作方式 拟合作方式 合作形式 合作意向 转化方式 mode"),
        _column(
            "budget",
            "money",
            "预算 拟投入 拟投入资金 拟投入金额 拟投入经费 投入预算 投资预算 研发预算 项目预算 资金预算 经费预算",
            "悬赏金额 榜额 价格 金额 money",
        ),
        _column(
            "deadline",
            "date",
            "截止日期 截止时间 有效期 有效期至 有效期限 需求有效期 到期日 完成时限 期限 日期",
            "duedate validuntil date",
        ),
    ),
)

_NEED_ID = _column("need_id", "need_id", "需求编号 需求id 需求编码 难题编号 需求")
_ACHIEVEMENT_ID = _column("achievement_id", "achievement_id", "成果编号 成果id 成果编码 成果")

JUDGMENTS = Contract(
    "judgments",
    ("need_id", "achievement_id", "grade"),
    (
        _NEED_ID,
        _ACHIEVEMENT_ID,
        _column(
            "grade",
            "grade",
            "研判等级 研判结果 匹配等级 关联度 匹配度 等级 评级 评分 得分 分值 label relevance rating level",
        ),
        _column("event_id", "event_id", "对接会编号 活动编号 场次编号 对接会 场次 活动 event"),
        _column(
            "judged_on",
            "judged_on",
            "研判日期 研判时间 评价日期 评价时间 评审日期 日期 时间 judgedat date",
        ),
        _column("weight", "weight", "权重 研判权重"),
    ),
)

PAIRS = Contract("pairs", ("need_id", "achievement_id"), (_NEED_ID, _ACHIEVEMENT_ID))

SHORTLISTS = Contract(
    "shortlists",
    ("need_id", "rank", "achievement_id", "score", "probability"),
    (
        _NEED_ID,
        _column("rank", "rank", "名次 排名 排序"),
        _ACHIEVEMENT_ID,
        _column("score", "score", "得分 分数 评分"),
        _column("probability", "probability", "概率 匹配概率"),
        _column("evidence", "evidence", "依据 匹配依据 证据"),
        _column("reasons", "reasons", "理由 推荐理由 匹配理由"),
    ),
)

# ------------------------------------------------------------------------------------------------- the docking event

_COMMENT = _column("comment", "comment", "备注 说明 意见说明 原因 理由 note remark reason")

REQUESTS = Contract(
    "requests",
    ("need_id", "achievement_id"),
    (
        _NEED_ID,
        _ACHIEVEMENT_ID,
        _column("standing", "standing", "决定 意见 处理意见 是否对接 意向 意愿 要求 结论 类型 decision wish request"),
        _COMMENT,
    ),
)

# Vetoes, meetings held before, conflicts of interest: each row keeps two sides apart.
APART = Contract(
    "apart",
    ("enterprise", "team"),
    (
        _column(
            "enterprise",
            "first",
            "需求编号 企业 企业名称 需求企业 需求单位 甲方 单位一 单位1 单位a",
            "need_id first organisation_a organization_a",
        ),
        _column(
            "team",
            "second",
            "成果编号 团队 成果团队 项目团队 单位 成果单位 完成单位 乙方 单位二 单位2 单位b",
            "achievement_id institution second organisation_b organization_b",
        ),
        _COMMENT,
    ),
)

TIMETABLE = Contract(
    "timetable",
    ("slot", "table", "need_id", "achievement_id"),
    (
        _column("slot", "slot", "时段 场次 时间 开始时间 时段号 start time"),
        _column("table", "table", "桌号 桌 桌次 洽谈桌 展位 台号"),
        _NEED_ID,
        _ACHIEVEMENT_ID,
        _column("probability", "probability", "概率 匹配概率"),
        _column("locked", "locked", "锁定 固定 lock fixed"),
    ),
)

CHANGES = Contract(
    "changes",
    ("kind",),
    (
        _column("kind", "kind", "事项 变动 变动类型 类型 情况 what change"),
        _column("who", "who", "谁 当事方 对象 企业或团队 名称 参会方 party name"),
        _column("other", "other", "对方 另一方 与谁 partner with"),
        _column("table", "table", "桌号 桌 桌次 洽谈桌"),
        _column("from", "start", "从 开始 起 自 开始时间 开始时段 start since"),
        _column("until", "end", "到 结束 止 至 结束时间 结束时段 end to"),
        _column("limit", "limit", "最多 最多场次 场次上限 上限 most"),
        _COMMENT,
    ),
)
