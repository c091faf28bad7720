"""How the networks of this room are run."""

import onnxruntime as ort

__all__ = ["OnnxModel"]


class OnnxModel:
    """A network in ONNX form on so many processor threads, that says nothing but errors."""

    def __init__(self, weights: bytes, *, name: str, threads: int) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self.session = ort.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
        self._name = name

    @property
    def name(self) -> str:
        """Name and version, for provenance."""
        return self._name
