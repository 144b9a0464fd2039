"""Invented registers, a cheap encoder and a reference segmenter for the tests of matching."""

import functools
import hashlib
import random
import warnings
from pathlib import Path

import numpy as np

from matchmaker import Profile
from matchmaker.text.encoding import BundledEncoder

DATA = Path(__file__).parents[2] / "shared" / "data"

SUBJECTS = (
    "锂离子电池 钙钛矿电池 液流电池 海参 扇贝 海带 船用柴油机 永磁同步电机 数控机床 轴承 碳纤维 环氧树脂 催化剂 "
    "分子筛 离心压缩机 换热器 卫星遥感 无人机 光纤传感器 激光雷达 大豆 玉米 冷链 污水 烟气 氢气 甲醇 芯片 焊缝 齿轮 "
    "PA66-GF30 316L GB/T18384 TC4"
).split()
PARTS = (
    "电解液 隔膜 电极 育苗 养殖 加工 后处理 控制器 主轴 密封 涂层 固化 再生 吸附 叶轮 防腐 反演 航迹 解调 点云 育种 "
    "干燥 保鲜 脱氮 脱硝 储存 合成 封装 检测 修形"
).split()
VERBS = "低温 高压 在线 连续 快速 长寿命 低成本 无损 智能 绿色 高强度 耐腐蚀".split()
FIELDS = ("洁净能源", "电子信息", "精细化工", "海洋经济", "高端装备", "现代农业", "")
REGIONS = ("辽宁省大连市甘井子区", "大连", "沈阳市", "")
STAGES = ("小试", "中试", "产业化", "")
MODES = ("转让", "许可", "合作开发", "")


class HashEncoder:
    """Unit vectors that depend on the text alone, and a count of the texts encoded."""

    def __init__(self, dimension=16, fingerprint="hash"):
        self.dimension = dimension
        self.fingerprint = fingerprint
        self.texts = []

    def encode(self, texts):
        self.texts += texts
        return np.stack([self._vector(text) for text in texts]) if texts else np.zeros((0, self.dimension), np.float32)

    def _vector(self, text):
        digest = hashlib.blake2b(f"{self.fingerprint}{text}".encode(), digest_size=self.dimension).digest()
        vector = np.frombuffer(digest, np.int8).astype(np.float32) + 0.5
        return vector / np.linalg.norm(vector)


def invent_title(rng):
    return f"{rng.choice(VERBS)}{rng.choice(SUBJECTS)}{rng.choice(PARTS)}技术"


def invent_text(rng, sentences=3):
    return "".join(
        f"{rng.choice(VERBS)}{rng.choice(SUBJECTS)}的{rng.choice(PARTS)}与{rng.choice(PARTS)},"
        f"温度{rng.randint(5, 90)}℃,面向{rng.choice(SUBJECTS)}。"
        for _ in range(sentences)
    )


def invent_profiles(kind, count, seed=0, sentences=3):
    """Profiles ``A-000 …`` or ``N-000 …``; equal seeds give equal ones."""
    rng = random.Random(f"{kind}{seed}")
    return [
        Profile(
            id=f"{kind[0].upper()}-{number:03d}",
            kind=kind,
            title=invent_title(rng),
            description=invent_text(rng, sentences) if rng.random() < 0.8 else "",
            keywords=tuple(rng.sample(PARTS, 2)) if rng.random() < 0.5 else (),
            field=rng.choice(FIELDS),
            region=rng.choice(REGIONS),
            maturity=rng.choice(STAGES),
            mode=rng.choice(MODES),
        )
        for number in range(count)
    ]


def achievement(name, title, description="", **attributes):
    return Profile(id=name, kind="achievement", title=title, description=description, **attributes)


def need(name, title, description="", **attributes):
    return Profile(id=name, kind="need", title=title, description=description, **attributes)


@functools.cache
def bundled(precision="int8"):
    """One bundled encoder of each precision for all tests."""
    return BundledEncoder(precision=precision, threads=2)


@functools.cache
def reference_jieba():
    """The pure Python jieba, its dictionary kept in memory only."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba
    jieba.setLogLevel(60)
    return jieba


def reference_tokenizer(words=()):
    """A tokenizer of its own, with user words that are as frequent as anything."""
    jieba = reference_jieba()
    tokenizer = jieba.Tokenizer()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tokenizer.initialize()
    for word in words:
        tokenizer.add_word(word)
    return tokenizer
