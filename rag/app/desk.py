"""DOOR: the settings of the page, and the index and answering model it opens once for every visitor."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from rag.answer import AnsweringModel, load_answering_model
from rag.answer.extractive import ExtractiveModel
from rag.app.login import owner
from rag.app.serve import SETTINGS, is_local
from rag.config import Config, load_config
from rag.embed import Encoder, load_encoder
from rag.errors import BadUsage, IndexMismatch, IndexMissing
from rag.library import Library, open_library
from rag.store.conversations import Conversations, open_conversations
from rag.store.generation import current_name


def settings() -> Config:
    """The settings handed over by `rag chat`; without them the defaults and ``rag.toml`` of the current folder."""
    text = os.environ.get(SETTINGS)
    if text is None:
        return load_config()
    try:
        values: dict[str, Any] = json.loads(text)
        return Config(**values | {"index": Path(values["index"])})
    except (ValueError, TypeError, KeyError) as error:
        raise BadUsage(f"{SETTINGS} does not hold settings ({error}): start the page with `rag chat`") from error


def is_guarded() -> bool:
    """Whether `rag chat` saw to who can reach the page, or the server is bound to this machine alone."""
    return SETTINGS in os.environ or is_local(st.get_option("server.address"))


def serves_this_machine() -> bool:
    """Whether the page can be reached from this machine alone."""
    return is_local(st.get_option("server.address"))


def open_desk(config: Config) -> Library:
    """The index in use, opened once a generation: a rebuilt index is picked up by itself.

    Raises IndexMissing and whatever open_library raises.
    """
    name = current_name(config.index)
    if name is None:
        raise IndexMissing(config.index)
    return replace(_open(str(config.index.resolve()), name, config.encoder, config), config=config)


@st.cache_resource(max_entries=1, show_spinner=False)
def _open(index: str, generation: str, encoder: str, _config: Config) -> Library:
    """The names are what the cache goes by; the settings are not."""
    try:
        return open_library(_config, encoder=_encoder(encoder))
    except IndexMismatch:
        _encoder.clear()  # its folder may hold other weights by now
        return open_library(_config, encoder=_encoder(encoder))


@st.cache_resource(max_entries=1, show_spinner=False)
def _encoder(name: str) -> Encoder:
    """The encoder, loaded once: indexes come and go."""
    return load_encoder(name)


def conversations() -> Conversations | None:
    """The conversations kept beside the index, of whoever has logged in their own; None where history is off.

    Raises HistoryUnavailable.
    """
    config = settings()
    return _conversations(str(config.index.resolve()), owner(), config) if config.keep_history else None


@st.cache_resource(max_entries=64, show_spinner=False)
def _conversations(index: str, owner: str, _config: Config) -> Conversations | None:
    return open_conversations(_config, owner)


def answering_model(config: Config | None = None) -> AnsweringModel:
    """The answering model that ``config`` asks for, loaded once; the shipped one, which quotes, where it is None.

    Raises ModelMissing.
    """
    return _quoting() if config is None or not config.model else _writing(config.model, config.fallback, config)


@st.cache_resource(show_spinner=False)
def _quoting() -> AnsweringModel:
    return ExtractiveModel()


@st.cache_resource(max_entries=1, show_spinner=False)
def _writing(model: str, fallback: bool, _config: Config) -> AnsweringModel:
    return load_answering_model(_config)
