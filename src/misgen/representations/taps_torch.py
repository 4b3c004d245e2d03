"""Taps for torch by plain forward hooks: reading, editing and patching the residual stream of a Hugging Face model."""

# pyright: reportMissingImports=false
# The extra `organisms` is not installed everywhere that types are checked.
from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import torch

from misgen.concepts import UserError, unknown_name
from misgen.representations.directions import Activations, Edit

if TYPE_CHECKING:
    from jaxtyping import Float
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

__all__ = ["TappedLanguageModel", "Where", "tapped"]

Where = Literal["last", "everywhere"]
"""Which places of a sequence an edit touches."""
Change = Callable[["torch.Tensor"], "torch.Tensor"]


@contextmanager
def tapped(modules: Mapping[str, torch.nn.Module], changes: Mapping[str, Change]) -> Iterator[dict[str, torch.Tensor]]:
    """While it lasts, what comes out of `modules` goes through `changes`, by name; yields what was last let through, by name.

    A module may return a tensor, or a tuple whose first entry is the activation (decoder layers of some versions do). Taps are
    taken off at the end, whatever happens. An unknown name is a `UserError`.
    """
    seen: dict[str, torch.Tensor] = {}

    def hook(site: str, change: Change) -> Callable[..., object]:
        def through(module: torch.nn.Module, inputs: object, output: Any) -> object:  # whatever the module returns
            in_tuple = isinstance(output, tuple)
            seen[site] = change(output[0] if in_tuple else output)
            return (seen[site], *output[1:]) if in_tuple else seen[site]

        return through

    with ExitStack() as stack:
        for site, change in changes.items():
            if site not in modules:
                raise unknown_name("site", site, modules)
            stack.callback(modules[site].register_forward_hook(hook(site, change)).remove)
        yield seen


class TappedLanguageModel:
    """A decoder-only model that is read, edited and patched at the last token of each text; implements `Tapped[str]`.

    Sites are `embedding` and `layer 1` to `layer N`: the residual stream behind each block, before the final norm (which the last
    of `output_hidden_states` comes after). Texts are given as the model reads them, chat marks and all. The model's own random
    numbers, weights and mode are left alone; nothing is random.
    """

    def __init__(
        self, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, *, where: Where = "last", batch: int = 64
    ) -> None:
        """`where`: what an edit touches: the last token of each text, or every token. `batch`: texts at a time."""
        body = getattr(model, "model", None)
        layers = getattr(body, "layers", None)
        if body is None or layers is None:
            raise UserError("The model has no list of decoder layers where it is looked for", seen=type(model).__name__)
        self.model, self.tokenizer, self.where, self.batch = model, tokenizer, where, batch
        self.modules: dict[str, torch.nn.Module] = {"embedding": body.embed_tokens}
        self.modules |= {f"layer {number}": layer for number, layer in enumerate(layers, 1)}

    @classmethod
    def load(cls, folder: Path | str, *, where: Where = "last") -> TappedLanguageModel:
        """A checkpoint from a folder, on the processor, without running code of its own; one that is none is a `UserError`."""
        from transformers import AutoModelForCausalLM, AutoTokenizer

        from misgen.language.organisms import check_checkpoint

        check_checkpoint(Path(folder))
        model = AutoModelForCausalLM.from_pretrained(folder, trust_remote_code=False, use_safetensors=True)
        return cls(model.eval(), AutoTokenizer.from_pretrained(folder, trust_remote_code=False), where=where)

    @property
    def sites(self) -> tuple[str, ...]:
        return tuple(self.modules)

    def read(self, inputs: Sequence[str], site: str) -> Activations:
        """The residual stream at the last token of each text."""
        rows = []
        for tokens, mask, last in self._batches(inputs):
            with torch.no_grad(), tapped(self.modules, {site: _as_is}) as seen:
                self.model(input_ids=tokens, attention_mask=mask, use_cache=False)
            rows.append(seen[site][torch.arange(len(last)), last].float().cpu().numpy())
        return Activations(site=site, values=np.concatenate(rows))

    def run(self, inputs: Sequence[str], edits: Sequence[Edit] = ()) -> Float[np.ndarray, "example vocabulary"]:
        """Logits behind the last token of each text. Edits at one site happen in their order."""

        def changes(start: int, last: torch.Tensor) -> dict[str, Change]:
            return {site: self._edit([edit for edit in edits if edit.site == site], last) for site in {e.site for e in edits}}

        return self._logits(inputs, changes)

    def patched(self, inputs: Sequence[str], given: Activations) -> Float[np.ndarray, "example vocabulary"]:
        """Logits where the activation at the last token is replaced by that of another text: row i of `given` in text i."""
        if len(given.values) != len(inputs):
            raise UserError("A patch needs one activation per text", seen=f"{len(given.values)} for {len(inputs)}")

        def changes(start: int, last: torch.Tensor) -> dict[str, Change]:
            rows = torch.as_tensor(given.values[start : start + len(last)])

            def replace(activation: torch.Tensor) -> torch.Tensor:
                changed = activation.clone()
                changed[torch.arange(len(last)), last] = rows.to(activation)
                return changed

            return {given.site: replace}

        return self._logits(inputs, changes)

    def _logits(self, inputs: Sequence[str], changes: Callable[[int, torch.Tensor], dict[str, Change]]) -> np.ndarray:
        rows, start = [], 0
        for tokens, mask, last in self._batches(inputs):
            with torch.no_grad(), tapped(self.modules, changes(start, last)):
                logits = self.model(input_ids=tokens, attention_mask=mask, use_cache=False).logits
            rows.append(logits[torch.arange(len(last)), last].float().cpu().numpy())
            start += len(last)
        return np.concatenate(rows)

    def _edit(self, edits: Sequence[Edit], last: torch.Tensor) -> Change:
        def change(activation: torch.Tensor) -> torch.Tensor:
            edited = activation
            for edit in edits:
                edited = edit(edited, lambda vector: torch.as_tensor(np.asarray(vector)).to(activation))
            if self.where == "everywhere":
                return edited
            changed, rows = activation.clone(), torch.arange(len(last))
            changed[rows, last] = edited[rows, last]
            return changed

        return change

    def _batches(self, inputs: Sequence[str]) -> Iterator[tuple[torch.Tensor, torch.Tensor, torch.Tensor]]:
        """Tokens and mask [text, place], padded on the right, and the place of each text's last token."""
        if not inputs:
            raise UserError("There is no text to read")
        pad = self.tokenizer.pad_token_id
        filler = pad if isinstance(pad, int) else 0
        device = next(self.model.parameters()).device
        for start in range(0, len(inputs), self.batch):
            each = [self.tokenizer(text, add_special_tokens=False).input_ids for text in inputs[start : start + self.batch]]
            if not all(each):
                raise UserError("A text has no token", seen=repr(inputs[start + each.index([])]))
            longest = max(map(len, each))
            tokens = torch.tensor([ids + [filler] * (longest - len(ids)) for ids in each], device=device)
            mask = torch.tensor([[1] * len(ids) + [0] * (longest - len(ids)) for ids in each], device=device)
            yield tokens, mask, torch.tensor([len(ids) - 1 for ids in each], device=device)


def _as_is(activation: torch.Tensor) -> torch.Tensor:
    return activation
