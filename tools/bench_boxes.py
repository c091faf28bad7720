"""A stand-in for a box detector of YOLO11n's size, to compare times with.

It has the layout of such a network (a stem, four stages that halve the picture, heads at three sizes with the angle of
oriented boxes) and its cost, about 18 GFLOP for a tile of 1,024 × 1,024 pixels, but random weights: it is untrained,
its boxes mean nothing, only its time does. The scene is cut into tiles with an overlap of a tenth, as such detectors
need, and what it says is decoded and thinned by overlap.
"""

import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import rasterio
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from rasterio.windows import Window

__all__ = ["build", "tile_scene"]

TILE, OVERLAP = 1024, 102
STAGES = ((32, 2), (64, 3), (128, 3), (256, 1))
OUTPUTS = 4 * 16 + 15 + 1
KEPT = 300


class _Maker:
    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self.flops = 0
        self._rng = np.random.default_rng(1)

    def conv(self, name: str, source: str, shape: tuple[int, int, int], *, stride: int, side: int, act: bool) -> str:
        """A convolution of (outputs, inputs, kernel) on a picture whose result has `side` pixels, with SiLU."""
        outputs, inputs, kernel = shape
        values = self._rng.normal(0, (inputs * kernel**2) ** -0.5, (outputs, inputs, kernel, kernel))
        self.weights.append(numpy_helper.from_array(values.astype(np.float32), f"{name}.w"))
        self.weights.append(numpy_helper.from_array(np.zeros(outputs, np.float32), f"{name}.b"))
        pads = [kernel // 2] * 4
        self.nodes.append(
            helper.make_node(
                "Conv", [source, f"{name}.w", f"{name}.b"], [name], strides=[stride, stride], pads=pads,
                kernel_shape=[kernel, kernel],
            )
        )  # fmt: skip
        self.flops += 2 * outputs * inputs * kernel**2 * side**2
        if not act:
            return name
        self.nodes.append(helper.make_node("Sigmoid", [name], [f"{name}.s"]))
        self.nodes.append(helper.make_node("Mul", [name, f"{name}.s"], [f"{name}.a"]))
        return f"{name}.a"

    def add(self, name: str, one: str, other: str) -> str:
        self.nodes.append(helper.make_node("Add", [one, other], [name]))
        return name


def build() -> tuple[bytes, float]:
    """The network as ONNX and its GFLOP for a tile."""
    make = _Maker()
    side = TILE // 2
    last = make.conv("stem", "tile", (16, 3, 3), stride=2, side=side, act=True)
    width, heads = 16, []
    for stage, (wider, blocks) in enumerate(STAGES):
        side //= 2
        last = make.conv(f"down{stage}", last, (wider, width, 3), stride=2, side=side, act=True)
        width = wider
        for block in range(blocks):
            half = make.conv(f"s{stage}b{block}x", last, (width // 2, width, 3), stride=1, side=side, act=True)
            whole = make.conv(f"s{stage}b{block}y", half, (width, width // 2, 3), stride=1, side=side, act=True)
            last = make.add(f"s{stage}b{block}", last, whole)
        if stage:
            head = make.conv(f"h{stage}x", last, (64, width, 3), stride=1, side=side, act=True)
            head = make.conv(f"h{stage}y", head, (64, 64, 3), stride=1, side=side, act=True)
            heads.append(make.conv(f"h{stage}", head, (OUTPUTS, 64, 1), stride=1, side=side, act=False))
    graph = helper.make_graph(
        make.nodes, "boxes",
        [helper.make_tensor_value_info("tile", TensorProto.FLOAT, [1, 3, TILE, TILE])],
        [helper.make_tensor_value_info(head, TensorProto.FLOAT, None) for head in heads], make.weights,
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    return model.SerializeToString(), make.flops / 1e9


def tile_scene(image: Path, network: bytes) -> tuple[int, float]:
    """Read a scene tile by tile, run the network, thin its boxes: the number of tiles and the seconds it took."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 2
    session = ort.InferenceSession(network, options, providers=["CPUExecutionProvider"])
    began, tiles = time.perf_counter(), 0
    with rasterio.open(image, driver="GTiff") as file:
        for row in range(0, file.height - OVERLAP, TILE - OVERLAP):
            for column in range(0, file.width - OVERLAP, TILE - OVERLAP):
                window = Window(column, row, min(TILE, file.width - column), min(TILE, file.height - row))
                pixels = file.read((1, 2, 3), window=window).astype(np.float32) / 255
                padded = np.pad(pixels, ((0, 0), (0, TILE - pixels.shape[1]), (0, TILE - pixels.shape[2])))
                _thinned(session.run(None, {"tile": padded[None]}))
                tiles += 1
    return tiles, time.perf_counter() - began


def _thinned(heads: list[NDArray[np.float32]]) -> NDArray[np.int64]:
    """The best boxes of a tile that do not overlap a better one; boxes are taken as upright squares."""
    flat = np.concatenate([head.reshape(OUTPUTS, -1) for head in heads], axis=1)
    best = np.argsort(flat[64:79].max(0))[-KEPT:][::-1]
    middle = np.stack([best % 128, best // 128], 1) * 8.0
    apart = np.abs(middle[:, None] - middle[None, :]).max(2)
    kept: list[int] = []
    for index in range(len(best)):
        if not kept or apart[index, kept].min() > 8:
            kept.append(index)
    return best[kept]


if __name__ == "__main__":
    print(f"{build()[1]:.1f} GFLOP a tile")
