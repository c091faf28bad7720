"""An ONNX network whose weights can be trained further, whatever its layers (needs the extra ``train``)."""

from collections.abc import Callable, Mapping
from typing import Any

import onnx
import torch
from onnx import ModelProto, NodeProto, numpy_helper
from torch import Tensor, nn
from torch.nn import functional

from yardwatch.errors import MisuseError

__all__ = ["TrainableGraph"]

_Operator = Callable[[list[Any], Mapping[str, Any]], Tensor]


class TrainableGraph(nn.Module):
    """The graph of an ONNX file, run by torch node by node; its weights are parameters.

    Weights that the graph holds in floating point are trained; shapes, indices and constants of nodes stay as they are.
    Batch normalisation is mostly folded into the convolutions when a network is exported; where it is not, its running
    mean and variance stay as they are and its scale and shift are trained.

    Parameters
    ----------
    content : bytes
        The ONNX file: one input, one output.

    Raises
    ------
    MisuseError
        If the graph holds an operator that is not known here.
    """

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self._model: ModelProto = onnx.load_from_string(content)
        graph = self._model.graph
        unknown = sorted({node.op_type for node in graph.node} - set(_OPERATORS) - {"Constant"})
        if unknown:
            raise MisuseError(
                f"a network with the operator {unknown[0]} cannot be trained further here; train one anew"
            )
        self._names: dict[str, str] = {}
        self._fixed: dict[str, Tensor] = {}
        running = {name for node in graph.node if node.op_type == "BatchNormalization" for name in node.input[3:]}
        self.weights = nn.ParameterDict()
        for tensor in graph.initializer:
            value = torch.from_numpy(numpy_helper.to_array(tensor).copy())
            if value.is_floating_point() and tensor.name not in running:
                self._names[tensor.name] = f"w{len(self._names)}"
                self.weights[self._names[tensor.name]] = nn.Parameter(value)
            else:
                self._fixed[tensor.name] = value
        self._channels = graph.input[0].type.tensor_type.shape.dim[1].dim_value

    @property
    def channels(self) -> int:
        """How many channels of `network_input` it takes."""
        return int(self._channels)

    def forward(self, ribbon: Tensor) -> Tensor:
        """Evidence of ribbons, shape (batch, channels or more, 41, n)."""
        graph = self._model.graph
        values: dict[str, Any] = {"": None, graph.input[0].name: ribbon[:, : self.channels], **self._fixed}
        values |= {name: self.weights[key] for name, key in self._names.items()}
        for node in graph.node:
            values[node.output[0]] = _run(node, values)
        result: Tensor = values[graph.output[0].name]
        return result

    def saved(self, notes: Mapping[str, str]) -> bytes:
        """The ONNX file: the same graph with the weights as they are now, and with `notes` in its metadata."""
        model = ModelProto()
        model.CopyFrom(self._model)
        for tensor in model.graph.initializer:
            if tensor.name in self._names:
                value = self.weights[self._names[tensor.name]].detach().cpu().numpy()
                tensor.CopyFrom(numpy_helper.from_array(value, tensor.name))
        kept = {entry.key: entry.value for entry in model.metadata_props}
        onnx.helper.set_model_props(model, kept | dict(notes))
        content: bytes = model.SerializeToString()
        return content


def _run(node: NodeProto, values: Mapping[str, Any]) -> Tensor:
    attributes = {one.name: onnx.helper.get_attribute_value(one) for one in node.attribute}
    if node.op_type == "Constant":
        return torch.from_numpy(numpy_helper.to_array(attributes["value"]).copy())
    return _OPERATORS[node.op_type]([values[name] for name in node.input], attributes)


def _convolution(inputs: list[Any], attributes: Mapping[str, Any]) -> Tensor:
    pixels, weight, *rest = inputs
    sides = weight.dim() - 2
    pads = list(attributes.get("pads", [0] * 2 * sides))
    around = [pad for side in reversed(range(sides)) for pad in (pads[side], pads[side + sides])]
    convolve = functional.conv1d if sides == 1 else functional.conv2d
    result: Tensor = convolve(
        functional.pad(pixels, around),
        weight,
        rest[0] if rest else None,
        stride=attributes.get("strides", [1] * sides),
        dilation=attributes.get("dilations", [1] * sides),
        groups=attributes.get("group", 1),
    )
    return result


def _normalised(inputs: list[Any], attributes: Mapping[str, Any]) -> Tensor:
    pixels, scale, shift, mean, variance = inputs
    return functional.batch_norm(pixels, mean, variance, scale, shift, eps=attributes.get("epsilon", 1e-5))


def _gathered(inputs: list[Any], attributes: Mapping[str, Any]) -> Tensor:
    values, index = inputs
    axis = attributes.get("axis", 0)
    if index.dim() == 0:
        return values.select(axis, int(index))
    return values.index_select(axis, index.long())


def _reshaped(inputs: list[Any], _: Mapping[str, Any]) -> Tensor:
    values, shape = inputs
    sizes = [values.shape[place] if size == 0 else size for place, size in enumerate(shape.tolist())]
    return values.reshape(sizes)


def _unsqueezed(inputs: list[Any], attributes: Mapping[str, Any]) -> Tensor:
    values, *rest = inputs
    axes = rest[0].tolist() if rest else attributes["axes"]
    for axis in sorted(axes):
        values = values.unsqueeze(axis)
    return values


def _squeezed(inputs: list[Any], attributes: Mapping[str, Any]) -> Tensor:
    values, *rest = inputs
    axes = rest[0].tolist() if rest else attributes["axes"]
    return values.squeeze(tuple(axes))


def _sliced(inputs: list[Any], _: Mapping[str, Any]) -> Tensor:
    values, starts, ends, *rest = inputs
    axes = rest[0].tolist() if rest and rest[0] is not None else range(len(starts))
    for start, end, axis in zip(starts.tolist(), ends.tolist(), axes, strict=True):
        length = values.shape[axis]
        low = max(0, start + length if start < 0 else start)
        high = min(length, end + length if end < 0 else end)
        values = values.narrow(axis, low, max(0, high - low))
    return values


def _transposed(inputs: list[Any], attributes: Mapping[str, Any]) -> Tensor:
    result: Tensor = inputs[0].permute(*attributes["perm"])
    return result


_OPERATORS: Mapping[str, _Operator] = {
    "Add": lambda inputs, _: inputs[0] + inputs[1],
    "BatchNormalization": _normalised,
    "Cast": lambda inputs, _: inputs[0],
    "Concat": lambda inputs, attributes: torch.cat(list(inputs), attributes["axis"]),
    "Conv": _convolution,
    "Div": lambda inputs, _: inputs[0] / inputs[1] if inputs[0].is_floating_point() else inputs[0] // inputs[1],
    "Gather": _gathered,
    "Identity": lambda inputs, _: inputs[0],
    "Mul": lambda inputs, _: inputs[0] * inputs[1],
    "Relu": lambda inputs, _: functional.relu(inputs[0]),
    "Reshape": _reshaped,
    "Shape": lambda inputs, _: torch.tensor(inputs[0].shape),
    "Sigmoid": lambda inputs, _: torch.sigmoid(inputs[0]),
    "Slice": _sliced,
    "Squeeze": _squeezed,
    "Sub": lambda inputs, _: inputs[0] - inputs[1],
    "Transpose": _transposed,
    "Unsqueeze": _unsqueezed,
}
