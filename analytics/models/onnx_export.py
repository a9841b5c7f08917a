"""A credit model as an ONNX graph: features in, calibrated log-odds and probability out.

Trees read single precision, as xgboost does, so that a value on a split goes the same way; the line, its clipping and
the calibration run in double precision. Missing values are NaN on both roads.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analytics.models.learners import Blended, Boosted, Logistic
from governance.errors import ModelError

if TYPE_CHECKING:
    from analytics.models.credit import CreditModel
    from analytics.models.learners import Learner

#: Name of the graph's input (rows, features; double) and outputs (rows).
INPUT, LOG_ODDS, PROBABILITY = "features", "log_odds", "probability"
OPSET, ML_OPSET, IR = 17, 3, 9


class _Graph:
    """Nodes and constants as they are added."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, name: str, values: Any, kind: type = np.float64) -> str:
        """Add a constant; return its name."""
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.asarray(values, dtype=kind), name))
        return name

    def add(self, operator: str, inputs: list[str], output: str, **attributes: Any) -> str:
        """Add a node; return the name of its output."""
        from onnx import helper

        self.nodes.append(helper.make_node(operator, inputs, [output], name=output, **attributes))
        return output


def to_onnx(model: CreditModel) -> bytes:
    """Return the serialised graph; its metadata name the model's version and features.

    Raises
    ------
    ModelError
        The learner has no ONNX form here.
    """
    from onnx import TensorProto, checker, helper

    graph = _Graph()
    raw = _learner(graph, model.learner, "raw")
    slope, intercept = graph.constant("slope", model.platt.slope), graph.constant("intercept", model.platt.intercept)
    graph.add("Add", [graph.add("Mul", [raw, slope], "sloped"), intercept], LOG_ODDS)
    graph.add("Sigmoid", [LOG_ODDS], PROBABILITY)
    doubles = TensorProto.DOUBLE
    made = helper.make_graph(
        graph.nodes, f"credit {model.version}",
        [helper.make_tensor_value_info(INPUT, doubles, [None, len(model.features)])],
        [helper.make_tensor_value_info(name, doubles, [None]) for name in (LOG_ODDS, PROBABILITY)],
        graph.constants,
    )  # fmt: skip
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("ai.onnx.ml", ML_OPSET)]
    document = helper.make_model(made, opset_imports=opsets, ir_version=IR, producer_name="munshi")
    helper.set_model_props(document, {"version": model.version, "features": json.dumps(list(model.features))})
    checker.check_model(document)
    return bytes(document.SerializeToString())


def _learner(graph: _Graph, learner: Learner, output: str) -> str:
    if learner.kind not in FORMS:
        raise ModelError(
            f"A {learner.kind} has no ONNX form. There are: {', '.join(FORMS)}. Export the document instead."
        )
    return FORMS[learner.kind](graph, learner, output)


def _blended(graph: _Graph, learner: Any, output: str) -> str:
    share = learner.share
    trees = graph.add("Mul", [_boosted(graph, learner.trees, "trees"), graph.constant("share", share)], "trees_part")
    line = graph.add("Mul", [_logistic(graph, learner.line, "line"), graph.constant("rest", 1 - share)], "line_part")
    return graph.add("Add", [trees, line], output)


def _logistic(graph: _Graph, learner: Any, output: str) -> str:
    """Symmetric log scale, missing as centre, clipped, standardised, weighted."""
    from onnx import TensorProto

    design = learner.design
    scale = np.where(np.isfinite(design.spread), 1 / design.spread, 0.0)
    one = graph.constant("one", 1.0)
    size = graph.add("Log", [graph.add("Add", [graph.add("Abs", [INPUT], "size"), one], "size_1")], "log_size")
    scaled = graph.add("Mul", [graph.add("Sign", [INPUT], "sign"), size], "log_scale")
    missing = graph.add("IsNaN", [INPUT], "missing")
    filled = graph.add("Where", [missing, graph.constant("centre", design.centre[None, :]), scaled], "filled")
    above = graph.add("Max", [filled, graph.constant("low", design.low[None, :])], "above")
    clipped = graph.add("Min", [above, graph.constant("high", design.high[None, :])], "clipped")
    centred = graph.add("Sub", [clipped, graph.constant("mean", design.mean[None, :])], "centred")
    standard = graph.add("Mul", [centred, graph.constant("scale", scale[None, :])], "standard")
    weighted = graph.add("MatMul", [standard, graph.constant("weights", learner.weights[:, None])], "weighted")
    flat = graph.add("Reshape", [weighted, graph.constant("flat", [-1], np.int64)], "weighted_flat")
    total = graph.add("Add", [flat, graph.constant("base", learner.base)], "line_sum")
    return graph.add("Cast", [total], output, to=TensorProto.DOUBLE)


def _boosted(graph: _Graph, learner: Any, output: str) -> str:
    from onnx import TensorProto, helper

    single = graph.add("Cast", [INPUT], "single", to=TensorProto.FLOAT)
    attributes = tree_attributes(learner)
    graph.nodes.append(
        helper.make_node(
            "TreeEnsembleRegressor", [single], ["margin"], domain="ai.onnx.ml", name="trees_of", **attributes
        )
    )
    flat = graph.add("Reshape", ["margin", graph.constant("row", [-1], np.int64)], "margin_flat")
    return graph.add("Cast", [flat], output, to=TensorProto.DOUBLE)


def tree_attributes(learner: Boosted) -> dict[str, Any]:
    """Return the attributes of a ``TreeEnsembleRegressor`` from xgboost's own document."""
    import xgboost

    booster = xgboost.Booster()
    booster.load_model(bytearray(learner.document))
    told = json.loads(booster.save_raw("json"))["learner"]
    base = float(told["learner_model_param"]["base_score"].strip("[]"))
    trees = told["gradient_booster"]["model"]["trees"]
    parts = [_tree(number, tree) for number, tree in enumerate(trees)]
    joined = {name: [value for part in parts for value in part[name]] for name in parts[0]}
    return {
        **joined,
        "n_targets": 1,
        "post_transform": "NONE",
        "base_values": [float(np.log(base) - np.log1p(-base))],
        "aggregate_function": "SUM",
    }


def _tree(number: int, tree: Mapping[str, Any]) -> dict[str, list[Any]]:
    left, right = tree["left_children"], tree["right_children"]
    conditions: NDArray[np.float32] = np.asarray(tree["split_conditions"], dtype=np.float32)
    nodes = range(len(left))
    leaves = [node for node in nodes if left[node] == -1]
    return {
        "nodes_treeids": [number] * len(left),
        "nodes_nodeids": list(nodes),
        "nodes_featureids": [0 if left[node] == -1 else int(tree["split_indices"][node]) for node in nodes],
        "nodes_modes": ["LEAF" if left[node] == -1 else "BRANCH_LT" for node in nodes],
        "nodes_values": [0.0 if left[node] == -1 else float(conditions[node]) for node in nodes],
        "nodes_truenodeids": [max(int(child), 0) for child in left],
        "nodes_falsenodeids": [max(int(child), 0) for child in right],
        "nodes_missing_value_tracks_true": [int(tree["default_left"][node]) for node in nodes],
        "target_treeids": [number] * len(leaves),
        "target_nodeids": leaves,
        "target_ids": [0] * len(leaves),
        "target_weights": [float(conditions[node]) for node in leaves],
    }


def _scorecard(graph: _Graph, learner: Any, output: str) -> str:
    """Evidence as steps: that of the first bin, and at each edge what the next bin adds; missing has its own."""
    from onnx import TensorProto

    weighs = [(at, learner.bins[at], float(learner.weights[at])) for at in np.flatnonzero(learner.weights).tolist()]
    weighs = weighs or [(0, learner.bins[0], 0.0)]  # a card on which nothing weighs still reads its input
    first = learner.base + sum(weight * float(bins.weights[0]) for _, bins, weight in weighs)
    columns = [at for at, bins, _ in weighs for _ in bins.edges]
    edges = np.concatenate([bins.edges for _, bins, _ in weighs])
    jumps = np.concatenate([weight * np.diff(bins.weights) for _, bins, weight in weighs])
    lost = np.array([weight * (bins.missing - float(bins.weights[0])) for _, bins, weight in weighs])
    chosen = graph.constant("chosen", [at for at, _, _ in weighs], np.int64)
    holes = graph.add("IsNaN", [graph.add("Gather", [INPUT, chosen], "weighing", axis=1)], "holes")
    missing = graph.add("Cast", [holes], "missing", to=TensorProto.DOUBLE)
    total = graph.add("MatMul", [missing, graph.constant("lost", lost[:, None])], "evidence_missing")
    if len(edges):
        at_edges = graph.add("Gather", [INPUT, graph.constant("columns", columns, np.int64)], "at_edges", axis=1)
        over = graph.add("GreaterOrEqual", [at_edges, graph.constant("edges", edges[None, :])], "over")
        steps = graph.add("Cast", [over], "steps", to=TensorProto.DOUBLE)
        known = graph.add("MatMul", [steps, graph.constant("jumps", jumps[:, None])], "evidence_known")
        total = graph.add("Add", [total, known], "evidence")
    flat = graph.add("Reshape", [total, graph.constant("card_flat", [-1], np.int64)], "card_sum")
    return graph.add("Add", [flat, graph.constant("first", first)], output)


#: Kind of learner → what adds its nodes.
FORMS: Mapping[str, Callable[[_Graph, Any, str], str]] = MappingProxyType(
    {
        Boosted.kind: _boosted,
        Logistic.kind: _logistic,
        Blended.kind: _blended,
        "scorecard of weights of evidence": _scorecard,
    }
)


def session_of(document: bytes) -> Any:
    """Return an onnxruntime session of a graph, on one thread, without its own log.

    Raises
    ------
    ModelError
        The bytes are no ONNX graph that runs here.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(document, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise ModelError(f"The file is no ONNX graph that runs here ({type(error).__name__}).") from error
