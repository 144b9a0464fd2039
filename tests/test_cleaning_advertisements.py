"""Advertisements at the end of a text: what goes, and what must never go."""

import pytest

from matchmaker.text.advertisements import drop_advertisement
from matchmaker.text.cleaning import clean

BODY = "开发一种用于硅碳负极的水性粘结剂,循环寿命达到2000次以上。"

ADVERTISEMENTS = [
    "【某某知识产权代理有限公司】商标注册· 商标续展· 商标转让· 专利代理· 科技项目申报代理,详情咨询电话:139-0000-1234",
    "扫码关注公众号,获取更多资讯",
    "长按识别二维码,关注我们",
    "欢迎来电咨询,咨询热线:400-123-4567",
    "版权所有,侵权必究。",
    "免责声明:本文内容仅代表作者个人意见,不代表本平台立场。如有侵权,请联系我们删除。",
    "来源:某某日报 责任编辑:某某",
    "本文来源:某某网 作者:某某",
    "专业提供公司注册、商标注册、专利申请、高新技术企业认定等服务,欢迎咨询:0411-12345678",
    "点击上方蓝字关注我们,了解更多详情",
    "添加客服微信:abc12345,领取优惠礼包",
    "Copyright 2023 某某咨询公司 All Rights Reserved. 未经许可不得转载",
    "某某财税咨询有限公司,代理记账、工商注册、税务登记、年检变更,在线咨询:13900001234",
    "免费咨询!全国热线400 123 4567!",
    "欢迎加盟,诚招代理。联系人:某经理\n电话:13900001234",
    "来源:某某新闻网\n责任编辑:某某\n扫码阅读原文",
]

MEANINGFUL = [
    "联系电话:0411-12345678",
    "责任编辑:某某",
    "咨询电话:0411-12345678",
    "关键词:锂电池;粘结剂;硅碳负极",
    "来源:国家重点研发计划项目",
    "本系统支持扫码登录,并在设备异常时拨打服务热线报警。",
    "为知识产权代理机构提供专利申请、商标注册、年检等文书的语义检索算法。",
    "数据来源:某某统计局。",
    "面向欢迎来电咨询的客户,开发智能语音识别系统,热线接通率95%。",
    "支持二维码扫码溯源,消费者关注公众号即可查看养殖全过程数据。",
    "提供激光熔覆加工服务,欢迎咨询,电话:13900001234",
    "解决方案仅供参考,免责声明:本装置额定功率为5 kW。",
    "欢迎有实力的企业洽谈合作。",
    "已申请发明专利3项,登记软件著作权2项。",
    "作者:某某",
    "技术经纪人可办理技术合同登记、专利申请。",
]


@pytest.mark.parametrize("advertisement", ADVERTISEMENTS)
@pytest.mark.parametrize("separator", ["\n", ""])
def test_advertisements_go(advertisement, separator):
    assert clean(BODY + separator + advertisement).text == BODY


@pytest.mark.parametrize("sentence", MEANINGFUL)
@pytest.mark.parametrize("separator", ["\n", ""])
def test_meaningful_endings_stay(sentence, separator):
    text = clean(BODY + separator + sentence).text
    assert text == BODY + separator + sentence.replace(": ", ":")


def test_only_the_tail_goes():
    first, last = ADVERTISEMENTS[1], ADVERTISEMENTS[3]
    text = f"{BODY}\n{first}。\n公司现有中试线一条。\n{last}"
    assert clean(text).text == f"{BODY}\n{first}。\n公司现有中试线一条。"


@pytest.mark.parametrize("advertisement", ADVERTISEMENTS)
def test_the_first_sentence_stays(advertisement):
    sentence = advertisement.splitlines()[0]
    assert clean(sentence).text


def test_the_way_back_still_fits():
    text = BODY + "\n" + ADVERTISEMENTS[0]
    result = clean(text)
    assert result.origin(0, len(result.text)) == (0, len(BODY))


def test_a_long_text_is_looked_at_from_its_end_only():
    text = ADVERTISEMENTS[1] + "\n" + BODY * 100
    assert drop_advertisement(text) == (text, None)
