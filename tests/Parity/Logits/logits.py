"""A fine-tuned classifier in plain PyTorch, from modules whose tensors bear the names of the public checkpoints.

logits.py shapes SHAPES                       holds the modules to every classifier that SHAPES (a JSON file) describes
logits.py logits CHECKPOINT IMAGES LOGITS     reads a state dict and `images`, and writes their `logits`

Which classifier it is, the names and shapes of the tensors tell: BEiT has tables of relative positions, MAE's ViT absolute ones.
"""

import json
import math
import sys

import torch
from torch import nn
from torch.nn import functional

EPSILON = 1e-6
HEAD_WIDTH = 64  # no tensor tells the number of heads; those of vision transformers are so wide (Dosovitskiy et al. 2021)
TABLE = "relative_position_bias_table"


def relative_positions(grid):
    """The table's row for each pair of tokens: one a shift between two patches, then from, to and within the class token."""
    place = torch.arange(grid * grid)
    row, column = place.div(grid, rounding_mode="floor"), place % grid
    side = 2 * grid - 1
    down, right = (axis[:, None] - axis[None, :] + grid - 1 for axis in (row, column))
    rows = torch.full((1 + grid * grid, 1 + grid * grid), side * side + 2)
    rows[0, 1:] = side * side
    rows[1:, 0] = side * side + 1
    rows[1:, 1:] = down * side + right
    return rows


class Attention(nn.Module):
    """Of a plain ViT, or with a grid BEiT's: relative positions, and no bias for the keys."""

    def __init__(self, width, grid, device):
        super().__init__()
        self.heads, self.relative = width // HEAD_WIDTH, grid is not None
        if self.relative:
            self.q_bias = nn.Parameter(torch.empty(width, device=device))
            self.v_bias = nn.Parameter(torch.empty(width, device=device))
            self.relative_position_bias_table = nn.Parameter(torch.empty((2 * grid - 1) ** 2 + 3, self.heads, device=device))
            self.register_buffer("relative_position_index", relative_positions(grid).to(device))
        self.qkv = nn.Linear(width, 3 * width, bias=not self.relative, device=device)
        self.proj = nn.Linear(width, width, device=device)

    def forward(self, tokens):
        bias = torch.cat([self.q_bias, torch.zeros_like(self.q_bias), self.v_bias]) if self.relative else self.qkv.bias
        parts = functional.linear(tokens, self.qkv.weight, bias).chunk(3, dim=-1)  # [B, N, D] each
        query, key, value = (part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in parts)  # [B, H, N, D / H]
        scores = query @ key.transpose(-1, -2) / math.sqrt(query.shape[-1])
        if self.relative:
            scores = scores + self.relative_position_bias_table[self.relative_position_index].permute(2, 0, 1)
        return self.proj((scores.softmax(dim=-1) @ value).transpose(1, 2).flatten(2))


class Block(nn.Module):
    """A pre-norm block, with a layer scale or without."""

    def __init__(self, width, hidden, grid, layer_scale, device):
        super().__init__()
        if layer_scale:
            self.gamma_1 = nn.Parameter(torch.empty(width, device=device))
            self.gamma_2 = nn.Parameter(torch.empty(width, device=device))
        self.norm1 = nn.LayerNorm(width, eps=EPSILON, device=device)
        self.attn = Attention(width, grid, device)
        self.norm2 = nn.LayerNorm(width, eps=EPSILON, device=device)
        self.mlp = nn.ModuleDict({
            "fc1": nn.Linear(width, hidden, device=device),
            "fc2": nn.Linear(hidden, width, device=device),
        })
        self.layer_scale = layer_scale

    def forward(self, tokens):
        attended = self.attn(self.norm1(tokens))
        tokens = tokens + (self.gamma_1 * attended if self.layer_scale else attended)
        seen = self.mlp["fc2"](functional.gelu(self.mlp["fc1"](self.norm2(tokens))))
        return tokens + (self.gamma_2 * seen if self.layer_scale else seen)


class Classifier(nn.Module):
    """The classifier whose tensors have these shapes, a dictionary by name; with the device `meta` it has no values."""

    def __init__(self, shapes, device="cpu"):
        super().__init__()
        (classes, width), patch = shapes["head.weight"], shapes["patch_embed.proj.weight"][-1]
        table = shapes.get(f"blocks.0.attn.{TABLE}")
        self.relative, self.mean = table is not None, "fc_norm.weight" in shapes
        self.cls_token = nn.Parameter(torch.empty(1, 1, width, device=device))
        if not self.relative:
            self.pos_embed = nn.Parameter(torch.empty(*shapes["pos_embed"], device=device))
        self.patch_embed = nn.ModuleDict({"proj": nn.Conv2d(3, width, patch, stride=patch, device=device)})
        grid = (math.isqrt(table[0] - 3) + 1) // 2 if self.relative else None
        self.blocks = nn.ModuleList(
            Block(width, shapes["blocks.0.mlp.fc1.bias"][0], grid, "blocks.0.gamma_1" in shapes, device)
            for _ in range(sum(name.endswith(".norm1.weight") for name in shapes)))
        norm = nn.LayerNorm(width, eps=EPSILON, device=device)
        if not self.mean:
            self.norm = norm
        elif self.relative:
            self.fc_norm = norm  # BEiT's comes before the head, MAE's after it
        self.head = nn.Linear(width, classes, device=device)
        if self.mean and not self.relative:
            self.fc_norm = norm

    def forward(self, images):
        patches = self.patch_embed["proj"](images).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.cls_token.expand(len(images), -1, -1), patches], dim=1)
        if not self.relative:
            tokens = tokens + self.pos_embed
        for block in self.blocks:
            tokens = block(tokens)
        return self.head(self.fc_norm(tokens[:, 1:].mean(dim=1)) if self.mean else self.norm(tokens[:, 0]))


def check_shapes(path):
    with open(path) as file:
        models = json.load(file)["models"]
    families = set()
    for model, recorded in models.items():
        parameters = [(tensor["name"], tensor["shape"]) for tensor in recorded["parameters"]]
        if "head.weight" not in dict(parameters):
            continue  # not a classifier
        built = Classifier(dict(parameters), device="meta")
        own = [(name, list(tensor.shape)) for name, tensor in built.named_parameters()]
        assert own == parameters, f"{model}: {[pair for pair in zip(own, parameters) if pair[0] != pair[1]][:3]}"
        buffers = [(name, list(tensor.shape), f"{tensor.dtype}") for name, tensor in built.named_buffers()]
        assert buffers == [(b["name"], b["shape"], f"torch.{b['dtype']}") for b in recorded["buffers"]], f"{model}: {buffers[:3]}"
        assert list(built.state_dict()) == recorded["state_dict_order"], f"{model}: the order differs"
        families.add(built.relative)
        print(f"{model}: {len(own)} parameters, {len(buffers)} buffers")
    assert families == {True, False}, f"there is no classifier of each family in {list(models)}"


def write_logits(checkpoint, images, logits):
    state = torch.load(checkpoint, weights_only=True)["model"]
    model = Classifier({name: tensor.shape for name, tensor in state.items()})
    own = {name: buffer.clone() for name, buffer in model.named_buffers()}
    model.load_state_dict(state, strict=True)
    for name, buffer in model.named_buffers():
        assert torch.equal(own[name], buffer), f"{name} differs"
    model.eval()
    with torch.no_grad():
        torch.save({"logits": model(torch.load(images, weights_only=True)["images"])}, logits)


if __name__ == "__main__":
    {"shapes": check_shapes, "logits": write_logits}[sys.argv[1]](*sys.argv[2:])
