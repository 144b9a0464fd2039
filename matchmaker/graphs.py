"""Open graphs for ONNX Runtime: nothing is reported, and a run takes one thread."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from matchmaker.errors import ModelError

if TYPE_CHECKING:
    import onnxruntime


def open_graph(path: Path, weights: Mapping[str, np.ndarray] | None = None) -> onnxruntime.InferenceSession:
    """Return a session of a graph that this package brings, with other weights than its own where they are given.

    Raises
    ------
    ModelError
        When the file is missing.
    """
    # From 1.29 on, importing ONNX Runtime starts reporting to its maker; nothing may leave this machine.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    # Batches run side by side on one thread each: that scales better than splitting one small matrix product.
    options.intra_op_num_threads = 1
    # Lets the fp32 graph dequantise its weights once, when it is opened.
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    if not path.is_file():
        raise ModelError(f"{path} is missing; reinstall matchmaker")
    if weights:
        values = [onnxruntime.OrtValue.ortvalue_from_numpy(np.ascontiguousarray(each)) for each in weights.values()]
        options.add_external_initializers(list(weights), values)
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
