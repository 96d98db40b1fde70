"""From a trained network to the ONNX file that is served, and the checks that it gives the same answers.

Quantisation: 8-bit weights in blocks (ONNX Runtime's MatMulNBits), as large as the check allows, and 8-bit embeddings,
one scale a row; activations are quantised within one token, never across a batch. Dynamic int8 was not
taken: its activations share one scale a batch, so a text's score depends on its neighbours.
"""

import logging
import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer
from torch import Tensor, nn

from model.encoding import EncodedPair, PairEncoder, call_inputs
from model.errors import CheckError
from model.labels import STANCES
from model.records import Pair
from model.scorer import open_session, softmax, usable_cores
from training.finetune import logits_of
from training.metrics import macro_f1
from training.network import StanceNetwork
from training.rows import LabelledPair

MAX_FP32_DIFFERENCE = 1e-4
MIN_SAME_LABEL = 0.995
MAX_F1_LOSS = 0.005
BLOCKS = (64, 32, 16)  # weights that share a scale; smaller ones are more exact, and 0.5 MB larger a step
LARGE_TABLE = 100_000  # embeddings with fewer numbers than this stay in single precision


@dataclass(frozen=True)
class Parity:
    """How far the exported files are from the network, on the same rows."""

    rows: int
    fp32_max_difference: float  # of any probability
    int8_max_difference: float
    int8_same_label: float  # share of rows with the same stance
    macro_f1_torch: float
    macro_f1_int8: float

    def as_json(self) -> dict[str, float]:
        return asdict(self)

    def is_close(self) -> bool:
        """Is everything but the share of rows with the same stance within its limit?"""
        loss = self.macro_f1_torch - self.macro_f1_int8
        return self.fp32_max_difference < MAX_FP32_DIFFERENCE and loss <= MAX_F1_LOSS

    def check(self) -> None:
        """CheckError where the export does not answer as the network does."""
        if self.fp32_max_difference >= MAX_FP32_DIFFERENCE:
            raise CheckError(f"the ONNX file differs from torch by {self.fp32_max_difference:.1e} (limit 1e-4)")
        if self.int8_same_label < MIN_SAME_LABEL:
            raise CheckError(f"int8 gives another stance for {1 - self.int8_same_label:.2%} of rows (limit 0.5 %)")
        if self.macro_f1_torch - self.macro_f1_int8 > MAX_F1_LOSS:
            raise CheckError(f"int8 costs {self.macro_f1_torch - self.macro_f1_int8:.4f} macro-F1 (limit 0.005)")


class OneText(nn.Module):
    """The network as it is served: one text a call, and any number of pairs that are read off it.

    The heads are sums over each pair's own numbers, not a matrix product over all pairs, whose last digits would
    depend on how many pairs there are.
    """

    def __init__(self, network: StanceNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        text_mask: Tensor,
        target_mask: Tensor,
        token_type_ids: Tensor | None = None,
    ) -> dict[str, Tensor]:
        """Logits of shape (pairs, 4) and (pairs, 3) from a text of (1, tokens) and targets of (pairs, tokens)."""
        text_of_pair = torch.zeros(target_mask.shape[0], dtype=torch.int64)
        features = self.network.features(
            input_ids, attention_mask, text_mask, target_mask, token_type_ids, text_of_pair
        )
        return {"stance": _row_by_row(self.network.stance, features),
                "sentiment": _row_by_row(self.network.sentiment, features)}  # fmt: skip


def _row_by_row(head: nn.Linear, features: Tensor) -> Tensor:
    return (features.unsqueeze(1) * head.weight).sum(dim=-1) + head.bias


def export_onnx(network: StanceNetwork, encoder: PairEncoder, file: Path) -> None:
    """Write the network in single precision: one text of any length, any number of pairs."""
    sample = encoder.encode(
        [Pair("Moscow warned Kabul.", "Moscow", "Moscow", 0), Pair("Moscow warned Kabul.", "Kabul", "Kabul", 14)]
    )
    inputs = call_inputs(sample)
    batch = {name: torch.from_numpy(array) for name, array in inputs.items()}
    names = ["input_ids", "attention_mask", "text_mask", "target_mask"]
    names += ["token_type_ids"] * network.uses_token_types
    any_length = {1: torch.export.Dim.DYNAMIC}
    axes = {name: any_length for name in names} | {"target_mask": {0: torch.export.Dim.DYNAMIC, **any_length}}
    _quieten()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter's own deprecation notices are not about this code
        torch.onnx.export(
            OneText(network).eval(),
            kwargs={name: batch[name] for name in names},
            f=str(file),
            input_names=names,
            output_names=["stance", "sentiment"],
            dynamic_shapes=axes,
            dynamo=True,
            external_data=False,
            verbose=False,
        )


def _quieten() -> None:
    """These libraries report every node of the graph."""
    for name in ("onnx_ir", "onnxscript", "onnxruntime.quantization", "torch.onnx"):
        logging.getLogger(name).setLevel(logging.ERROR)


def quantise_within_limits(
    network: StanceNetwork,
    encoder: PairEncoder,
    source: Path,
    target: Path,
    rows: Sequence[LabelledPair],
    refuse: bool = True,
) -> Parity:
    """Write the 8-bit form with the largest blocks that pass the check; CheckError where the smallest do not.

    Without `refuse`, the smallest blocks are then kept, for the gate to judge.
    """
    for block in BLOCKS:
        quantise(source, target, block)
        parity = check_parity(network, encoder, source, target, rows)
        try:
            parity.check()
        except CheckError:
            if block == BLOCKS[-1] and refuse:
                raise
        else:
            break
    return parity


def quantise(source: Path, target: Path, block: int = BLOCKS[0]) -> None:
    """Write the 8-bit form of an exported model, `block` weights to a scale."""
    _quieten()
    quantizer = MatMulNBitsQuantizer(
        onnx.load(str(source)),
        bits=8,
        block_size=block,
        is_symmetric=False,
        accuracy_level=4,
        op_types_to_quantize=("MatMul",),
    )
    quantizer.process()
    model = quantizer.model.model
    _quantise_embeddings(model)
    _forget_where_it_was_made(model)
    onnx.save(model, str(target))


def _forget_where_it_was_made(model: onnx.ModelProto) -> None:
    """Drop the exporter's stack traces: they name the folders of the machine, and weigh."""
    for part in (model, model.graph, *model.graph.node, *model.graph.value_info, *model.graph.initializer):
        part.ClearField("metadata_props")
        part.ClearField("doc_string")


def _quantise_embeddings(model: onnx.ModelProto) -> None:
    """Replace each large Gather table by int8 rows and a scale a row: Gather, Gather, Cast, Mul."""
    graph = model.graph
    tables = {each.name: each for each in graph.initializer}
    for node in [each for each in graph.node if each.op_type == "Gather" and each.input[0] in tables]:
        table = tables[node.input[0]]
        weights = numpy_helper.to_array(table)
        if weights.ndim != 2 or weights.size < LARGE_TABLE or weights.dtype != np.float32:
            continue
        rows, scales = _by_row(weights)
        name, indexes, output = table.name, node.input[1], node.output[0]
        at = list(graph.node).index(node)
        graph.node.remove(node)
        graph.initializer.remove(table)
        graph.initializer.extend(
            [numpy_helper.from_array(rows, f"{name}.int8"), numpy_helper.from_array(scales, f"{name}.scale")]
        )
        replacement = [
            helper.make_node("Gather", [f"{name}.int8", indexes], [f"{output}.int8"]),
            helper.make_node("Cast", [f"{output}.int8"], [f"{output}.float"], to=TensorProto.FLOAT),
            helper.make_node("Gather", [f"{name}.scale", indexes], [f"{output}.scale"]),
            helper.make_node("Mul", [f"{output}.float", f"{output}.scale"], [output]),
        ]
        for offset, each in enumerate(replacement):
            graph.node.insert(at + offset, each)


def _by_row(weights: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    scales = np.maximum(np.abs(weights).max(axis=1, keepdims=True), 1e-12).astype(np.float32) / 127
    return np.round(weights / scales).astype(np.int8), scales


def check_parity(
    network: StanceNetwork, encoder: PairEncoder, fp32: Path, int8: Path, rows: Sequence[LabelledPair]
) -> Parity:
    """Compare torch, ONNX fp32 and ONNX int8 on the probabilities of the same rows."""
    pairs = [row.pair for row in rows]
    torch_stance, torch_sentiment = (each.numpy() for each in logits_of(network, encoder, pairs))
    reference = [softmax(torch_stance), softmax(torch_sentiment)]
    plain, small = (_probabilities(file, encoder, rows) for file in (fp32, int8))
    gold = [STANCES.index(row.stance) if row.stance else -1 for row in rows]
    labelled = [index for index, label in enumerate(gold) if label >= 0]
    truth = np.asarray([gold[index] for index in labelled], dtype=np.int64)
    before, after = reference[0].argmax(axis=1), small[0].argmax(axis=1)
    return Parity(
        rows=len(rows),
        fp32_max_difference=_distance(reference, plain),
        int8_max_difference=_distance(reference, small),
        int8_same_label=float((before == after).mean()),
        macro_f1_torch=macro_f1(truth, before[labelled], len(STANCES)),
        macro_f1_int8=macro_f1(truth, after[labelled], len(STANCES)),
    )


Probabilities = list[NDArray[np.float64]]


def _probabilities(file: Path, encoder: PairEncoder, rows: Sequence[LabelledPair]) -> Probabilities:
    session = open_session(file)
    names = {each.name for each in session.get_inputs()}

    def outputs_of(encoded: EncodedPair) -> list[NDArray[np.float32]]:
        feed = {name: array for name, array in call_inputs([encoded]).items() if name in names}
        return list(session.run(["stance", "sentiment"], feed))

    with ThreadPoolExecutor(usable_cores()) as pool:
        outputs = list(pool.map(outputs_of, encoder.encode([row.pair for row in rows])))
    return [softmax(np.concatenate([each[head] for each in outputs])) for head in (0, 1)]


def _distance(left: Probabilities, right: Probabilities) -> float:
    return float(max(np.abs(a - b).max() for a, b in zip(left, right, strict=True)))
