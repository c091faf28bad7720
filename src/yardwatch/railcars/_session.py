"""How the networks of this room are run."""

import onnxruntime as ort

__all__ = ["quiet_session"]


def quiet_session(weights: bytes, *, threads: int) -> ort.InferenceSession:
    """A session on so many processor threads that says nothing but errors."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    return ort.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
