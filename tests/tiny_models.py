"""Language models of random weights, of the architectures people run, saved as a hub holds them; one in GGUF."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
NO_SYSTEM = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system') }}{% endif %}" + TEMPLATE
MARKS = ("<|system|>", "<|user|>", "<|assistant|>", "<|end|>", "<pad>")
SIZES: dict[str, Any] = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 128,  # what transformers takes a Qwen3 in GGUF to have
    "max_position_embeddings": 4096,
}


def byte_tokenizer(template: str | None = TEMPLATE) -> Any:
    """A tokenizer of single bytes, and of the pair ou, with the marks of a chat."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    alphabet = [*sorted(pre_tokenizers.ByteLevel.alphabet()), "ou"]
    tokenizer = Tokenizer(models.BPE(vocab={sign: place for place, sign in enumerate(alphabet)}, merges=[("o", "u")]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(mark, special=True) for mark in MARKS])
    fast: Any = PreTrainedTokenizerFast
    made = fast(tokenizer_object=tokenizer, eos_token="<|end|>", pad_token="<pad>")
    made.chat_template = template
    return made


def save_model(folder: Path, kind: str = "qwen3", template: str | None = TEMPLATE, **sizes: Any) -> Path:
    """A causal model of ``kind`` (qwen3, llama, gemma3) with its tokenizer in ``folder``, which is given back."""
    import torch
    from transformers import (
        Gemma3ForCausalLM,
        Gemma3TextConfig,
        LlamaConfig,
        LlamaForCausalLM,
        Qwen3Config,
        Qwen3ForCausalLM,
    )

    make_config, make = {
        "qwen3": (Qwen3Config, Qwen3ForCausalLM),
        "llama": (LlamaConfig, LlamaForCausalLM),
        "gemma3": (Gemma3TextConfig, Gemma3ForCausalLM),
    }[kind]
    tokenizer = byte_tokenizer(template)
    ends = {"eos_token_id": tokenizer.eos_token_id, "pad_token_id": tokenizer.pad_token_id, "bos_token_id": None}
    torch.manual_seed(1)
    any_config: Any = make_config
    config = any_config(**{"vocab_size": len(tokenizer)} | SIZES | ends | sizes)
    any_model: Any = make
    any_model(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def save_gguf(file: Path, folder: Path) -> Path:
    """The Qwen3 model in ``folder`` as one GGUF file, tokenizer and chat template in it."""
    import gguf
    from safetensors.numpy import load_file

    tokenizer = byte_tokenizer()
    writer = gguf.GGUFWriter(file, "qwen3")
    writer.add_name("tiny")
    writer.add_block_count(SIZES["num_hidden_layers"])
    writer.add_context_length(SIZES["max_position_embeddings"])
    writer.add_embedding_length(SIZES["hidden_size"])
    writer.add_feed_forward_length(SIZES["intermediate_size"])
    writer.add_head_count(SIZES["num_attention_heads"])
    writer.add_head_count_kv(SIZES["num_key_value_heads"])
    writer.add_key_length(SIZES["head_dim"])
    writer.add_value_length(SIZES["head_dim"])
    writer.add_rope_freq_base(10_000.0)
    writer.add_layer_norm_rms_eps(1e-6)
    words = [word for word, _ in sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])]
    size = int(json.loads((folder / "config.json").read_text(encoding="utf-8"))["vocab_size"])
    words += [f"<unused{number}>" for number in range(len(words), size)]
    writer.add_vocab_size(len(words))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(words)
    writer.add_token_types([3 if word in MARKS else 5 if word.startswith("<unused") else 1 for word in words])
    writer.add_token_merges(["o u"])
    writer.add_eos_token_id(tokenizer.eos_token_id)
    writer.add_pad_token_id(tokenizer.pad_token_id)
    writer.add_chat_template(TEMPLATE)
    for name, tensor in load_file(folder / "model.safetensors").items():
        writer.add_tensor(_gguf_name(name), tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return file


def _gguf_name(name: str) -> str:
    for ours, theirs in (
        ("model.embed_tokens", "token_embd"), ("model.norm", "output_norm"), ("lm_head", "output"),
        ("model.layers.", "blk."), ("self_attn.q_proj", "attn_q"), ("self_attn.k_proj", "attn_k"),
        ("self_attn.q_norm", "attn_q_norm"), ("self_attn.k_norm", "attn_k_norm"),
        ("self_attn.v_proj", "attn_v"), ("self_attn.o_proj", "attn_output"), ("mlp.gate_proj", "ffn_gate"),
        ("mlp.up_proj", "ffn_up"), ("mlp.down_proj", "ffn_down"), ("input_layernorm", "attn_norm"),
        ("post_attention_layernorm", "ffn_norm"),
    ):  # fmt: skip
        name = name.replace(ours, theirs)
    return name


def save_sharded(folder: Path, model: Path, mark: str) -> Path:
    """The model in ``model`` with its weights in two files and an index, in ``folder``, which is given back.

    Files with another ``mark`` have other checksums: the hub's client fetches what is the same only once.
    """
    from safetensors.numpy import load_file, save_file

    folder.mkdir()
    for file in model.iterdir():
        if file.suffix != ".safetensors":
            (folder / file.name).write_bytes(file.read_bytes())
    weights = load_file(model / "model.safetensors")
    names = sorted(weights)
    where: dict[str, str] = {}
    for number, part in enumerate((names[: len(names) // 2], names[len(names) // 2 :]), start=1):
        file_name = f"model-0000{number}-of-00002.safetensors"
        save_file({name: weights[name] for name in part}, folder / file_name, {"format": "pt", "mark": mark})
        where |= dict.fromkeys(part, file_name)
    total = sum(values.nbytes for values in weights.values())
    index = {"metadata": {"total_size": total}, "weight_map": where}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")
    return folder


def save_xlm_roberta(folder: Path) -> Path:
    """A sentence encoder of random weights, an XLM-R with mean pooling, its tokenizer of single bytes."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import XLMRobertaConfig, XLMRobertaModel

    tokenizer = byte_tokenizer(template=None)
    tokenizer.model_max_length = 64
    sizes: dict[str, Any] = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2}
    sizes |= {"intermediate_size": 32, "max_position_embeddings": 66, "pad_token_id": 1}
    sizes |= {"bos_token_id": None, "eos_token_id": tokenizer.eos_token_id, "type_vocab_size": 1}
    torch.manual_seed(3)
    any_config: Any = XLMRobertaConfig
    raw = folder / "raw"
    XLMRobertaModel(any_config(vocab_size=len(tokenizer), **sizes)).save_pretrained(raw)
    tokenizer.save_pretrained(raw)
    model = SentenceTransformer(modules=[Transformer(str(raw)), Pooling(16)], device="cpu")
    model.save_pretrained(str(folder / "model"), create_model_card=False)
    return folder / "model"
