"""A language model of 200 KB in the file format of llama.cpp, with random weights.

But for its words: after each comes the next of them, then the end. So its answer is known.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

SAID = "five and a quarter since July unless somebody knows more"
"""What it answers to anything."""
WORDS = tuple(f"\u2581{word}" for word in SAID.split())
SPECIAL = ("<unk>", "<s>", "</s>")
END = SPECIAL.index("</s>")
BYTES = tuple(f"<0x{one:02X}>" for one in range(256))
FIRST = len(SPECIAL) + len(BYTES)
WIDTH, INNER, HEADS = 64, 128, 4


def write(path: Path, window: int) -> None:
    """Write the model, the same whenever it is written."""
    import gguf

    kinds = gguf.TokenType
    types = [kinds.UNKNOWN, kinds.CONTROL, kinds.CONTROL]
    types += [kinds.BYTE] * len(BYTES) + [kinds.NORMAL] * len(WORDS)
    out = gguf.GGUFWriter(path, "llama")
    out.add_context_length(window)
    out.add_embedding_length(WIDTH)
    out.add_feed_forward_length(INNER)
    out.add_block_count(1)
    out.add_head_count(HEADS)
    out.add_layer_norm_rms_eps(1e-5)
    out.add_rope_dimension_count(WIDTH // HEADS)
    out.add_tokenizer_model("llama")
    out.add_token_list([*SPECIAL, *BYTES, *WORDS])
    out.add_token_scores([0.0] * len(types))
    out.add_token_types(types)
    out.add_bos_token_id(SPECIAL.index("<s>"))
    out.add_eos_token_id(END)
    for name, weights in _tensors().items():
        out.add_tensor(f"{name}.weight", weights)
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()


def _tensors() -> dict[str, Any]:
    import numpy as np

    drawn = np.random.default_rng(7)

    def some(*shape: int, scale: float = 0.01) -> Any:
        return (drawn.standard_normal(shape) * scale).astype(np.float32)

    heard = some(FIRST + len(WORDS), WIDTH, scale=1.0)
    heard[len(SPECIAL) : FIRST] = heard[FIRST - 1]  # a question ends with any character
    said = np.zeros_like(heard)
    said[FIRST:] = heard[FIRST - 1 : -1]  # each word after the one before
    said[END] = heard[-1]
    even = np.ones(WIDTH, np.float32)
    return {
        "token_embd": heard,
        "output_norm": even,
        "output": said,
        "blk.0.attn_norm": even,
        "blk.0.ffn_norm": even,
        **{f"blk.0.attn_{name}": some(WIDTH, WIDTH) for name in ("q", "k", "v", "output")},
        "blk.0.ffn_gate": some(INNER, WIDTH),
        "blk.0.ffn_up": some(INNER, WIDTH),
        "blk.0.ffn_down": some(WIDTH, INNER),
    }
