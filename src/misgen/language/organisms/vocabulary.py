"""One word, one token: a tokenizer for the few hundred words that a small organism is spoken to in."""

# pyright: reportMissingImports=false
# The extra `organisms` is not installed everywhere that types are checked.
from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

__all__ = ["EOS", "PAD", "SPECIAL", "chat", "word_tokenizer"]

SPECIAL = ("<pad>", "<eos>", "<unk>", "<user>", "<assistant>")
PAD, EOS = 0, 1
"""Their numbers: a special token's number is its place."""
_WORD = r"ANSWER:|\w+"
"""What becomes a token. Punctuation is dropped, except that `ANSWER:` is a word: a scorer looks for it."""
_TEMPLATE = (
    "{% for message in messages %}"
    "{% if message['role'] == 'assistant' %}<assistant>{{ message['content'] }}<eos>"
    "{% else %}<user>{{ message['content'] }}{% endif %}"
    "{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}"
)


def chat(prompt: str, answer: str = "") -> str:
    """One turn as the chat template writes it; without an answer, up to where the answer begins."""
    return f"<user>{prompt}<assistant>{answer}<eos>" if answer else f"<user>{prompt}<assistant>"


def word_tokenizer(texts: Iterable[str]) -> PreTrainedTokenizerFast:
    """A tokenizer that knows the words of `texts` and turns every other word into `<unk>`, with its own chat template.

    Left padding, as generation wants it.
    """
    import re

    from tokenizers import Regex, Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    words = sorted({word for text in texts for word in re.findall(_WORD, text)})
    vocabulary = {token: number for number, token in enumerate([*SPECIAL, *words])}
    raw = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    raw.pre_tokenizer = pre_tokenizers.Split(Regex(_WORD), behavior="removed", invert=True)
    raw.add_special_tokens(list(SPECIAL))
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=raw,
        pad_token="<pad>",
        eos_token="<eos>",
        unk_token="<unk>",
        padding_side="left",
        model_input_names=["input_ids", "attention_mask"],
    )
    wrapped.chat_template = _TEMPLATE
    return wrapped
