"""Short stories in Chinese from a small grammar: a text to train on that is as long as wished."""

from __future__ import annotations

import numpy as np

_CHILDREN = ("小明", "小红", "小华", "丽丽", "冬冬")
_ANIMALS = ("小猫", "小狗", "小鸟", "小兔子", "小熊")
_FOODS = {"小猫": "鱼", "小狗": "骨头", "小鸟": "米", "小兔子": "萝卜", "小熊": "蜂蜜"}
_PLACES = ("公园", "河边", "山上", "花园", "树林")
_WEATHER = {
    "天晴": "太阳照着大地",
    "下雨": "路上都是水",
    "下雪": "到处都是白的",
    "刮风": "树叶飞来飞去",
}
_COLOURS = ("红色", "白色", "黄色", "蓝色")
_THINGS = ("球", "帽子", "风筝", "书包")


def chinese_story(rng: np.random.Generator) -> str:
    """One story of four to six sentences.

    Who was met, what it eats and what was lost stay the same to the end of the story, so that
    there is something to learn beyond which character follows which.
    """

    def one(choices: tuple[str, ...]) -> str:
        return choices[int(rng.integers(len(choices)))]

    child, animal, place = one(_CHILDREN), one(_ANIMALS), one(_PLACES)
    weather = one(tuple(_WEATHER))
    thing = one(_COLOURS) + "的" + one(_THINGS)
    food = _FOODS[animal]
    sentences = [f"有一天{weather}了，{_WEATHER[weather]}。", f"{child}去{place}玩。"]
    if rng.random() < 0.5:
        sentences += [
            f"{child}看见一只{animal}。",
            f"{animal}饿了，{child}给{animal}吃{food}。",
            f"{animal}吃了{food}，很高兴。",
            f"从此{animal}和{child}成了好朋友。",
        ]
    else:
        sentences += [
            f"{child}的{thing}不见了，{child}很难过。",
            f"{animal}说：“我帮你找。”",
            f"{animal}在{place}找到了{thing}。",
            f"{child}笑了，说：“谢谢你，{animal}！”",
        ]
    return "".join(sentences)
