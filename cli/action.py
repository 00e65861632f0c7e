"""The step of the GitHub Action: reads what GitHub gives a step, has the work done, and ends as the workflow wants it."""

import hashlib
import os
import sys
from typing import TYPE_CHECKING

import typer

from cli.interruption import interruption
from cli.lines import Lines
from core.errors import StoreError
from worker.report.plain import one_line
from worker.settings import read_settings

if TYPE_CHECKING:
    from pathlib import Path

    from worker.github.inputs import Inputs, Surroundings
    from worker.remote.client import RunState
    from worker.result import Result
    from worker.submit import Request

GATE_CLOSED = 1

app = typer.Typer()


@app.command(hidden=True)
def action() -> None:
    """Carry out the step of the GitHub Action, as its inputs and the event in the environment say."""
    from worker.github.inputs import read_inputs, read_surroundings  # noqa: PLC0415 - HTTP and more, for this command only
    from worker.github.step import Outcome, Step, take  # noqa: PLC0415 - as above
    from worker.handout import clear  # noqa: PLC0415 - as above

    inputs, around = read_inputs(os.environ), read_surroundings(os.environ)
    clear(around.folder)
    outcome = take(
        Step(
            event=around.event,
            payload=around.payload,
            workspace=around.workspace,
            sha=around.sha,
            branch=around.branch,
            usual=inputs.request,
            folder=around.folder,
            work=lambda request: _worked(request, inputs, around),
            needs_secret=_needs_secret(inputs),
            github=around.github,
            delivery=inputs.delivery,
            judge_label=inputs.judge_label,
            outputs=around.outputs,
            summary=around.summary,
            link=lambda _: around.link,
        )
    )
    _say(str(outcome))
    closed = outcome is Outcome.FAILED or (inputs.fails_if_slower and outcome is Outcome.SLOWER)
    raise typer.Exit(GATE_CLOSED if closed else 0)


def _needs_secret(inputs: "Inputs") -> bool:
    """Whether something is wanted for which the secret is missing: as it is in a fork's pull request."""
    asks_model = any(spec.name == "openai" for spec in inputs.request.proposers)
    return not inputs.token if inputs.server else asks_model and not os.environ.get("OPENAI_API_KEY")


def _worked(request: "Request", inputs: "Inputs", around: "Surroundings") -> "Result":
    try:
        around.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"the folder {around.folder} can't be made: {error.strerror}") from error
    return _there(request, inputs, around) if inputs.server else _here(request, around.folder)


def _here(request: "Request", folder: "Path") -> "Result":
    from cli.session import open_store  # noqa: PLC0415 - as above
    from worker.here import Bench, work  # noqa: PLC0415 - as above
    from worker.images import ensure_base  # noqa: PLC0415 - as above
    from worker.result import result_of  # noqa: PLC0415 - as above
    from worker.submit import submit  # noqa: PLC0415 - as above

    settings = read_settings(os.environ)
    # A runner is new for every job, and nobody has typed `perfsmith images base` there.
    ensure_base(settings, request.sandbox, _say)
    with open_store(settings) as store, interruption(Lines()) as interrupted:
        run = submit(request, store=store, settings=settings)
        bench = Bench(store=store, settings=settings, notify=interrupted.listen, interrupted=interrupted)
        return result_of(work(run.id, bench, output=folder))


def _there(request: "Request", inputs: "Inputs", around: "Surroundings") -> "Result":
    from core.queue import Ticket  # noqa: PLC0415 - as above
    from worker.handout import write_files  # noqa: PLC0415 - as above
    from worker.remote.client import Server  # noqa: PLC0415 - as above

    server = Server(url=inputs.server, token=inputs.token)
    key = hashlib.sha256(f"{around.key}\n{request}".encode("utf-8", "surrogateescape")).hexdigest()
    ticket, state = Ticket(key=f"github:{key}"), None
    try:
        state = server.hand_in(request, ticket)
        sys.stderr.write(f"run {state.run_id} on {inputs.server}\n")
        result = server.wait(state, _show)
    except KeyboardInterrupt:
        # The run may be there although its id has not come back: the same key asks for it.
        server.cancel((state or server.hand_in(request, ticket)).run_id)
        raise
    patient = server.patient(_say)
    report, record = patient.report(result.run_id), patient.record(result.run_id)
    write_files(around.folder, patch=result.patch, report=report, record=record)
    return result


def _say(words: str) -> None:
    sys.stderr.write(f"perfsmith: {words}\n")


def _show(state: "RunState") -> None:
    sys.stderr.write(f"{state.status} {one_line(state.progress)}\n")
