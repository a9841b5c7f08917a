"""What to ask next: questions that stand on the answer just given."""

from __future__ import annotations

from assistant.planner.frame import Frame, World
from assistant.prose.scope import lowered


def follow_ups(frames: tuple[Frame, ...], world: World) -> tuple[str, ...]:
    """Return up to three questions that the planner answers after ``frames``."""
    if not frames:
        return ()
    frame = frames[-1]
    if frame.intent == "metrics":
        return tuple(_for_figures(frame, world)[:3])
    key = (
        f"ranking_by_{frame.by}" if frame.intent == "ranking" and frame.by != "probability_of_default" else frame.intent
    )
    return tuple(str(question) for question in world.words.table("suggestions")[key][:3])


def _for_figures(frame: Frame, world: World) -> list[str]:
    if frame.together:
        return [f"Define {lowered(world.metric(frame.metrics[0]).label)}"]  # one row, nobody in it to ask about
    if "customer_id" in frame.dimensions and world.words.of_house:
        return ["Why the first one?", "Tell me about the first one"]
    questions = []
    taken = {*frame.dimensions, *(condition.field for condition in frame.filters)}
    for name in world.words.table("suggestions")["splits"]:
        if name not in taken and name in world.vocabulary.dimensions and world.applies(name, frame.metrics):
            questions.append(f"By {lowered(world.vocabulary.dimensions[name].label)}")
            break
    if frame.grain is None and all(world.metric(name).time for name in frame.metrics):
        questions.append("By month")
    if frame.compare_to is None and frame.period is not None and frame.grain is None:
        questions.append("Compared with the year before")
    questions.append(f"Define {lowered(world.metric(frame.metrics[0]).label)}")
    return questions
