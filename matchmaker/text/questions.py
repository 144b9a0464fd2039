"""What to ask an enterprise about its need, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping

# By what happens to the thing: it should rise, fall, or not happen at all.
EFFECTS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "+": "“{text}”：目前{name}是多少，希望提高到多少，怎么测？",
        "-": "“{text}”：目前{name}是多少，希望降到多少，怎么测？",
        "!": "“{text}”：{name}现在有多严重（多久一次、损失多大），到什么程度算解决？",
        "symptom": "“{text}”：目前{name}是多少，可以接受的范围是多少？",
    },
    "en": {
        "+": "“{text}”: what is {name} today, what should it rise to, and how is it measured?",
        "-": "“{text}”: what is {name} today, what should it fall to, and how is it measured?",
        "!": "“{text}”: how bad is {name} today (how often, at what loss), and when would it count as solved?",
        "symptom": "“{text}”: what is {name} today, and what range would be acceptable?",
    },
}

# By the kind of promise a vague word makes.
VAGUE: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "cost": "“{word}”：目前成本是多少，可以接受的上限是多少（元/件、元/吨等）？",
        "performance": "“{word}”：具体指哪几项性能，各要达到什么数值？",
        "speed": "“{word}”：目前要多长时间，希望缩短到多少？",
        "precision": "“{word}”：允许的误差是多少，用什么方法测？",
        "life": "“{word}”：要用多久（小时、次或年），出现什么情况算失效？",
        "strength": "“{word}”：在什么介质、温度或载荷下，要达到什么数值，按哪个标准检验？",
        "green": "“{word}”：要满足哪项标准或限值？",
        "energy": "“{word}”：目前能耗是多少，希望降低百分之几？",
        "smart": "“{word}”：希望哪些环节自动完成，哪些仍由人来做？",
        "stable": "“{word}”：允许波动多大，要连续运行多久？",
        "level": "“{word}”：以哪家产品、哪项数据为准？",
        "degree": "“{word}”：具体是多少？",
    },
    "en": {
        "cost": "“{word}”: what does it cost today, and what would be the most (per piece, per ton)?",
        "performance": "“{word}”: which properties are meant, and what value should each reach?",
        "speed": "“{word}”: how long does it take today, and how long may it take?",
        "precision": "“{word}”: what error is allowed, and how is it measured?",
        "life": "“{word}”: how long must it last (hours, cycles, years), and what counts as failure?",
        "strength": "“{word}”: in what medium, at what temperature or load, to what value, tested by which standard?",
        "green": "“{word}”: which standard or limit must be met?",
        "energy": "“{word}”: how much energy is used today, and by what share should it fall?",
        "smart": "“{word}”: which steps should run by themselves, and which stay with people?",
        "stable": "“{word}”: how much may it vary, and how long must it run without a break?",
        "level": "“{word}”: measured against whose product, or which figure?",
        "degree": "“{word}”: how much exactly?",
    },
}

MISSING: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "symptom": "现在是怎么做的，遇到什么问题，从什么时候开始，造成多大损失？",
        "targets": "希望达到哪些技术指标？请给出数值、单位和检验方法。",
        "object": "针对的是什么产品、材料或设备？型号、规格是什么？",
        "scene": "用在什么场合？请说明工况：温度、压力、介质、环境和现场条件。",
        "scale": "规模有多大：年产量、处理量、台数或面积？",
        "limits": "有什么不能动的条件：场地、接口、停产时间、现有设备、安全与保密要求？",
        "budget": "预算大约在什么区间，包括设备还是只含研发费用？",
        "budget_open": "预算写的是“{written}”：可以接受的大致区间是多少？",
        "deadline": "希望什么时候见到样品，什么时候投入使用？",
        "mode": "希望怎样合作：技术转让、许可、委托开发、联合攻关还是技术服务？",
        "maturity": "可以接受哪个阶段的成果：实验室、小试、中试，还是必须已经产业化？",
        "acceptance": "如何验收（第三方检测、连续运行多久）？知识产权归谁？",
    },
    "en": {
        "symptom": "How is it done today, what goes wrong, since when, and at what loss?",
        "targets": "Which technical figures should be reached? Please give values, units and how they are tested.",
        "object": "Which product, material or equipment is it about? Which type and size?",
        "scene": "Where is it used? Please describe the conditions: temperature, pressure, medium, surroundings, site.",
        "scale": "How large is it: output a year, throughput, number of machines, area?",
        "limits": "What must not change: space, interfaces, downtime, present equipment, safety, secrecy?",
        "budget": "In what range is the budget, and does it cover equipment or development only?",
        "budget_open": "The budget reads “{written}”: what range would be acceptable?",
        "deadline": "When should a sample be there, and when should it be in use?",
        "mode": "How should the work be shared: transfer, licence, commissioned or joint development, service?",
        "maturity": "Which stage is acceptable: laboratory, small scale, pilot, or only what is in production already?",
        "acceptance": "How will it be accepted (test by a third party, how long a run)? Who owns the results?",
    },
}

# What "where is it used" means in a field.
SCENES: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "洁净能源": "用在什么装置上？功率或容量多大，运行温度、启停频次、每天运行多久？",
        "电子信息": "跑在什么硬件和系统上？数据量、实时性要求如何，能不能联网？",
        "精细化工": "原料组成、温度、压力、pH、杂质含量如何？连续还是间歇操作？",
        "海洋经济": "在什么海区或水域？水温、盐度、水深、海况如何？",
        "航空航天": "载荷、温度、振动环境如何？有没有适航、质量体系或保密要求？",
        "高端装备": "工件的材料、尺寸、批量如何？节拍、安装空间、现场粉尘振动情况如何？",
        "现代农业": "是什么品种，面积或存栏多少？当地气候、土壤或水质、季节要求如何？",
    },
    "en": {
        "洁净能源": "In what plant is it used? What power or capacity, temperature, starts and hours a day?",
        "电子信息": "On what hardware and system does it run? How much data, how fast, may it use a network?",
        "精细化工": "What are feed, temperature, pressure, pH and impurities? Continuous or in batches?",
        "海洋经济": "In what waters? What temperature, salinity, depth and sea state?",
        "航空航天": "What loads, temperatures and vibration? Any airworthiness, quality-system or secrecy rules?",
        "高端装备": "What material, size and number of workpieces? What cycle time, space, dust and vibration?",
        "现代农业": "Which variety, what area or how many animals? What climate, soil or water, and season?",
    },
}
