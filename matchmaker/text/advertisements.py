"""Advertisements and publisher's notices at the end of a text, as web pages and brokers append them."""

from __future__ import annotations

import re

from matchmaker.text.alignment import Trace, rewrite

# Each sign counts once, however often it occurs; one alone proves nothing.
_SIGNS = {
    "phone": re.compile(
        r"(?<!\d)(?:1[3-9]\d[- ]?\d{4}[- ]?\d{4}|0\d{2,3}[- ]?\d{7,8}|[48]00[- ]?\d{3,4}[- ]?\d{3,4})(?!\d)"
        r"|(?:微信|QQ|VX)(?:号|群|同号)?:? ?[A-Za-z0-9_-]{5,}|微信同号",
        re.IGNORECASE,
    ),
    "call": re.compile(
        r"欢迎[^。!?\n]{0,16}(?:咨询|来电|致电|洽谈|垂询|选购|订购|加盟)|详情(?:请)?(?:咨询|致电|来电)|来电咨询|垂询"
        r"|(?:立即|在线|免费|业务|点击)咨询|(?:咨询|服务|客服|招商|全国|业务|订购|24小时)热线|诚招(?:代理|加盟)|招商加盟"
    ),
    "scan": re.compile(r"扫码|(?:扫描|长按|识别)[^。!?\n]{0,8}(?:二维码|图片)"),
    "follow": re.compile(
        r"关注[^。!?\n]{0,16}(?:公众号|微信|我们|视频号)|(?:加|添加)(?:我|客服|小编)?微信|微信公众号|阅读原文"
        r"|点击(?:上方|下方|蓝字|关注|链接)"
    ),
    "more": re.compile(
        r"(?:获取|了解|查看|领取)[^。!?\n]{0,6}(?:更多|资料|资讯|详情|优惠|礼包)|更多(?:资讯|精彩|信息|优惠)"
    ),
    "rights": re.compile(r"版权(?:所有|归)|copyright|©|all rights reserved", re.IGNORECASE),
    "penalty": re.compile(
        r"(?:侵权|违者|翻版|盗版)必究|转载(?:请|须|需|时)|未经[^。!?\n]{0,10}(?:不得|禁止|严禁)[^。!?\n]{0,4}转载"
    ),
    "disclaimer": re.compile(r"免责声明|仅供(?:参考|学习)"),
    "opinion": re.compile(r"不代表[^。!?\n]{0,16}(?:观点|立场)"),
    "removal": re.compile(r"如有侵权|(?:联系|告知)(?:我们|本站|小编)?(?:进行)?删除"),
    "source": re.compile(
        r"(?:\A|(?<=[ (/|【]))(?:文章|信息|稿件|内容|图片|素材|本文)?(?:来源|转自|转载自)[:于自]"
        r"(?!.*(?:计划|项目|基金|专项))"
    ),
    "editor": re.compile(r"(?:责任编辑|责编|编辑|作者|文字|摄影|审核|校对|排版|供稿|值班编委) ?[:/]"),
    "agency": re.compile(r"(?:代理|咨询|策划|财税|商标|知识产权|企业服务)[^。,!?\n]{0,6}(?:公司|事务所|中心)"),
    "services": re.compile(
        r"(?:(?:注册|续展|转让|复审|异议|代理|代办|代写|申报|申请|认证|贯标|年检|记账|变更|登记|辅导|维权|办理|认定|评估|检索)"
        r"(?:代理|服务)?[·•、,;| /]+[^·•、,;|。\n]{0,12}){2,}"
    ),
}
# Every sign holds one of these; literals are found many times as fast as the signs themselves.
_HINT = re.compile(
    "咨询|来电|致电|洽谈|垂询|选购|订购|加盟|热线|诚招|扫码|二维码|图片|关注|微信|阅读原文|点击|更多|资料|资讯|详情|优惠|礼包"
    "|版权|copyright|Copyright|COPYRIGHT|©|rights|RIGHTS|Rights|必究|转载|免责声明|观点|立场|仅供|侵权|删除|来源|转自|编辑"
    "|责编|作者|文字|摄影|审核|校对|排版|供稿|编委|公司|事务所|中心|QQ|qq|VX|vx|Vx|注册|续展|转让|复审|异议|代理|代办|代写"
    "|申报|申请|认证|贯标|年检|记账|变更|登记|辅导|维权|办理|认定|评估|检索"
)
_DIGITS = re.compile(r"\d{3}[- ]?\d{4}")

# Words that name services about technology, not technology.
_ABOUT = re.compile(
    r"高新技术(?:企业|产业)?|技术(?:合同|转移|转让|咨询|服务|交易|支持|经纪|市场)|软件著作权|专利技术|科技(?:项目|成果|政策|服务)"
    r"|管理体系|体系认证|科技材料|申报材料|系统集成资质|识别(?:图中)?二维码"
)
_TECHNOLOGY = re.compile(
    r"技术|工艺|材料|设备|装置|装备|系统|算法|模型|电池|电极|催化|合金|涂层|传感|芯片|激光|机器人|反应|溶液|药物|细胞|基因"
    r"|制备|研发|性能|强度|纯度|精度|效率|温度|薄膜|纤维|树脂|陶瓷|半导体|光学|检测|监测|识别|控制|仿真|加工|焊接|铸造"
    r"|发酵|养殖|种植|育种|回收|净化|污水|废水|废气|余热|发电|储能|氢能|燃料|电机|轴承|模具|刀具|阀|泵|雷达|卫星|无人机"
    r"|\d ?(?:[μnmck]?m|[km]?g|[km]?W|[kMG]?Pa|°C|[μm]?[Ll]|[kMG]?Hz|[km]?V|m?Ah|%)(?![A-Za-z])"
)
_BRIDGE = re.compile(
    r"(?:联系人|地址|网址|官网|邮箱|电子邮箱|电话|手机|传真|邮编|联系电话|联系方式|微信|QQ)[:]", re.IGNORECASE
)
_WORDS = re.compile(r"\w")
_ENDS = "。!?\n"
_CLOSERS = "”’」』)】"

_REACH = 1200
"""How many characters before the end are looked at; no tail is longer."""
_SIGNS_NEEDED = 2


def drop_advertisement(text: str) -> tuple[str, Trace | None]:
    r"""Drop the last sentences if they advertise, or say who published the page.

    Sentences are taken from the end as long as each shows a sign of advertising (a phone number, 详情咨询, 扫码,
    版权所有, 责任编辑 …) and names no technology; they go only if they show two different signs between them. What
    stands before any other sentence stays, and so does the first sentence of a text.

    Parameters
    ----------
    text : str
        In NFKC form and simplified characters.

    Examples
    --------
    >>> drop_advertisement("开发硅碳负极材料。\n扫码关注公众号,详情咨询:139-1234-5678")[0]
    '开发硅碳负极材料。'
    """
    tail = end = len(text)
    floor = max(0, end - _REACH)
    signs: set[str] = set()
    while (start := _sentence_start(text, end, floor)) > floor:
        sentence = text[start:end].strip()
        shown = _signs(sentence)
        bridges = _BRIDGE.match(sentence) is not None or _WORDS.search(sentence) is None
        if (not shown and not bridges) or _names_technology(sentence):
            break
        signs |= shown
        if shown:
            tail = start
        end = start
    if len(signs) < _SIGNS_NEEDED:
        return text, None
    return rewrite(text, [(len(text[:tail].rstrip()), len(text), "")])


def _sentence_start(text: str, end: int, floor: int) -> int:
    """Return where the sentence begins that ends at ``end``; ``floor`` if that is not after it."""
    last = end
    while last > floor and text[last - 1] in _ENDS + _CLOSERS + " ":
        last -= 1
    start = max(floor, *(text.rfind(mark, floor, last) + 1 for mark in _ENDS))
    while start < last and start > floor and text[start] in _CLOSERS:
        start += 1
    return start


def _signs(sentence: str) -> set[str]:
    """Return the names of the signs of advertising that a sentence shows."""
    if _HINT.search(sentence) is None and _DIGITS.search(sentence) is None:
        return set()
    return {name for name, sign in _SIGNS.items() if sign.search(sentence)}


def _names_technology(sentence: str) -> bool:
    """Tell whether a sentence speaks of technology, beyond services about it."""
    return _TECHNOLOGY.search(_ABOUT.sub("", sentence)) is not None
