"""Would a class prior help? python -m benchmarks.calibration DATA... --eval FILE...

Fits, on the calibration rows of the release bundle, a temperature alone and a temperature with a bias for each class
(vector scaling, Guo et al. 2017), plain and with the rows weighted to the class mix of newswire, and grades all of them
on the same rows.
"""

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from benchmarks.ablations import Rows, arguments_of, read_data
from model.bundle import load_bundle
from model.labels import STANCES
from model.scorer import Scorer, softmax
from training.evaluate import truth_of
from training.metrics import calibration_error, likelihoods, macro_f1, risk_and_coverage

NEWSWIRE_MIX = np.asarray([0.37, 0.03, 0.04, 0.56])  # support, conditional, oppose, none: newswire about negotiations
Array = NDArray[np.float64]


def fitted(logits: Array, truth: NDArray[np.int64], weights: Array, biased: bool) -> tuple[float, Array]:
    """Temperature and class biases (the last class has none) with the least weighted negative log-likelihood."""

    def loss(parameters: Array) -> float:
        chosen = scaled(logits, *unpacked(parameters))[np.arange(len(truth)), truth]
        return float(-(weights * np.log(np.maximum(chosen, 1e-12))).sum() / weights.sum())

    start = np.zeros(len(STANCES) if biased else 1)
    return unpacked(minimize(loss, start, method="Nelder-Mead", options={"maxiter": 4000}).x)


def unpacked(parameters: Array) -> tuple[float, Array]:
    bias = np.append(parameters[1:], 0.0) if len(parameters) > 1 else np.zeros(len(STANCES))
    return float(np.exp(parameters[0])), bias


def scaled(logits: Array, temperature: float, bias: Array) -> Array:
    return softmax((logits / temperature + bias).astype(np.float32), 1.0)


def logits_and_truth(scorer: Scorer, rows: Rows) -> tuple[Array, NDArray[np.int64]]:
    return scorer.logits([row.pair for row in rows])[0].astype(np.float64), truth_of(rows)


def main() -> None:
    arguments = arguments_of(__doc__).parse_args()
    split, sets = read_data(arguments)
    scorer = Scorer(load_bundle())
    logits, truth = logits_and_truth(scorer, [row for row in split.calibration if row.stance])
    counts = np.bincount(truth, minlength=len(STANCES)) / len(truth)
    plain, mixed = np.ones(len(truth)), (NEWSWIRE_MIX / counts)[truth]
    report: dict[str, Any] = {"model": scorer.bundle.name, "calibration_rows": len(truth)}
    for name, weights, biased in (
        ("temperature", plain, False),
        ("temperature, newswire mix", mixed, False),
        ("temperature and bias", plain, True),
        ("temperature and bias, newswire mix", mixed, True),
    ):
        temperature, bias = fitted(logits, truth, weights, biased)
        report[name] = {"temperature": temperature, "bias": bias.tolist()}
        for each, rows in sets.items():
            set_logits, set_truth = logits_and_truth(scorer, rows)
            probabilities = scaled(set_logits, temperature, bias)
            report[name][each] = {
                "macro_f1": macro_f1(set_truth, probabilities.argmax(axis=1), len(STANCES)),
                "calibration_error": calibration_error(probabilities, set_truth),
                "accuracy_at_80": risk_and_coverage(probabilities, set_truth)["accuracy_at_coverage"]["0.8"],
                **likelihoods(probabilities, set_truth),
            }
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
