"""The step of a workflow, from the event to the comment: what is asked for, the run, and how its result is told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from core.errors import ConfigError, MachineError, PerfsmithError, StoreError
from core.run import RunStatus
from sandbox.extent import Limits
from worker.github.asking import asked_of
from worker.github.checkout import Merge, head_of, merge_of, require_commit
from worker.github.client import GitHub, NoAnswerError, NotAllowedError
from worker.github.comments import Story, body_of, tell, title_of
from worker.github.delivery import Delivered, Delivery, Parcel, deliver
from worker.github.events import Passed, PullRequest, Task, Wanted, wanted_by
from worker.github.markdown import code
from worker.github.outputs import values_of, write_outputs, write_summary
from worker.result import Result
from worker.submit import Request

_MOVED = "the pull request has other commits by now"
Work = Callable[[Request], Result]
"""Carries a request out, here or on a server, and leaves its files in the step's folder."""


class Outcome(StrEnum):
    """What became of the step."""

    SKIPPED = "skipped"
    """There was nothing to do."""
    FASTER = "faster"
    NOT_FASTER = "not-faster"
    SLOWER = "slower"
    FAILED = "failed"
    """The run did not come to its own end."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """Everything that a step is given."""

    event: str
    payload: Mapping[str, object]
    workspace: Path
    """The checkout."""
    sha: str
    """What the workflow runs on, as GitHub says."""
    branch: str
    """The branch that this is; empty for a pull request or a tag."""
    usual: Request
    """The request as the inputs describe it; what it is about is the event's."""
    folder: Path
    """Where patch.diff, report.html and run.json go."""
    work: Work
    needs_secret: bool
    """Whether the work can't be done without a secret that a fork's pull request does not get."""
    github: GitHub | None
    """None without a token."""
    delivery: Delivery
    judge_label: str
    outputs: Path | None
    summary: Path | None
    """None where there is none: then a comment is the only place to tell something."""
    link: Callable[[str], str]
    """To where the report of a run is, by its id; empty for nowhere."""
    pull: PullRequest | None = None
    """What the pull request that a comment is about was when the comment was first looked at; None for as it is now."""
    limits: Limits | None = None
    """On what is fetched beside the checkout; None for no more than git's own."""


def take(step: Step) -> Outcome:
    """Do what the event asks for and tell it. ConfigError, told as well, when it can't be done as it stands; NoAnswerError when
    GitHub could not be told, and there is no summary either. What is our own fault is told to nobody: StoreError, and MachineError
    where there is no summary and somebody tries again.
    """
    wanted = wanted_by(step.event, step.payload, judge_label=step.judge_label)
    if isinstance(wanted, Passed):
        return _skipped(step, step.event, wanted.reason)
    try:
        wanted = _with_pull(step, wanted)
        if wanted.pull and wanted.pull.is_fork and (step.needs_secret or step.event != "pull_request"):
            return _skipped(step, wanted.task, "the pull request comes from a fork, which gets no secrets")
        return _worked(step, wanted)
    except PerfsmithError as error:
        # Where there is no summary, somebody will try again.
        is_ours = isinstance(error, StoreError) or (
            isinstance(error, NoAnswerError | MachineError) and step.summary is None
        )
        if not is_ours and not _is_superseded(step, wanted):
            _tell(step, wanted, refusal_of(wanted, str(error)))
        write_outputs(step.outputs, values_of(None, outcome=Outcome.FAILED, folder=step.folder, address=""))
        raise


def is_behind(github: GitHub | None, wanted: Wanted) -> bool:
    """Whether the pull request has other commits by now. False where GitHub does not want to say; NoAnswerError where it can't."""
    if github is None or wanted.pull is None or wanted.pull.is_fork:
        return False
    try:
        return github.pull(wanted.pull.number).head_sha != wanted.pull.head_sha
    except NotAllowedError:
        return False


def _is_behind(step: Step, wanted: Wanted) -> bool:
    try:
        return is_behind(step.github, wanted)
    except NoAnswerError:
        if step.summary is None:
            raise
        return False


def _is_superseded(step: Step, wanted: Wanted) -> bool:
    """Whether another event tells about the pull request as it is now; there is none where a comment asked."""
    return step.event == "pull_request" and _is_behind(step, wanted)


def refusal_of(wanted: Wanted, reason: str) -> Story:
    """That nothing was run, and why."""
    return Story(task=_task(wanted), commit=_commit(wanted), result=None, refusal=reason)


def _with_pull(step: Step, wanted: Wanted) -> Wanted:
    """A comment on a pull request says nothing about the pull request itself."""
    if not wanted.is_on_pull or wanted.pull or wanted.issue is None:
        return wanted
    if step.pull is not None:
        return replace(wanted, pull=step.pull)
    if step.github is None:
        raise ConfigError("a command on a pull request needs github-token, to learn what the pull request is")
    return replace(wanted, pull=step.github.pull(wanted.issue))


def _worked(step: Step, wanted: Wanted) -> Outcome:
    sha, merge = _revision(step, wanted)
    asked = asked_of(wanted, step.usual, step.workspace, sha=sha, merge=merge)
    if asked is None:
        return _skipped(step, wanted.task, "the pull request changes no file that may be edited")
    result = step.work(asked.request)
    if _is_superseded(step, wanted):
        return _skipped(step, wanted.task, _MOVED)
    link = step.link(result.run_id)
    story = Story(task=_task(wanted), commit=_commit(wanted) or sha, result=result, left_out=asked.left_out, link=link)
    delivered = _delivered(step, wanted, story, sha, merge)
    outcome = _outcome(result)
    _tell(step, wanted, replace(story, notes=delivered.notes))
    write_outputs(step.outputs, values_of(result, outcome=outcome, folder=step.folder, address=delivered.address))
    return outcome


def _revision(step: Step, wanted: Wanted) -> tuple[str, Merge | None]:
    """The commit to work on, and for a pull request the merge that it is tried as."""
    if step.event == "pull_request":
        merge = merge_of(step.workspace, step.sha)
        if wanted.pull and merge.head != wanted.pull.head_sha:
            raise ConfigError(f"{step.sha} is no merge of the head {wanted.pull.head_sha}; let the workflow run again")
        return step.sha, merge
    if wanted.pull:
        # Never checked out: it is fetched as data, and run in the sandbox only.
        require_commit(step.workspace, wanted.pull.head_sha, limits=step.limits)
        return wanted.pull.head_sha, None
    return head_of(step.workspace), None


def _outcome(result: Result) -> Outcome:
    if result.status is not RunStatus.FINISHED:
        return Outcome.FAILED
    if result.is_faster:
        return Outcome.FASTER
    return Outcome.SLOWER if result.is_slower else Outcome.NOT_FASTER


def _delivered(step: Step, wanted: Wanted, story: Story, sha: str, merge: Merge | None) -> Delivered:
    """Hand the patch over, where there is one and somebody who may."""
    result = story.result
    if result is None or not result.patch or wanted.task is Task.JUDGE:
        return Delivered()
    if step.github is None or (wanted.pull and wanted.pull.is_fork):
        why = "there is no github-token" if step.github is None else "a fork's pull request can't be written to"
        return Delivered(notes=(f"{why}: the patch is among the files of this step",))
    if _is_behind(step, wanted):
        return Delivered(notes=(f"{_MOVED}, so that the patch is only shown here",))
    parcel = Parcel(
        patch=result.patch,
        title=f"perfsmith: {title_of(result)}",
        body=body_of(story),
        folder=step.workspace,
        sha=sha,
        branch=step.branch,
        pull=wanted.pull,
        merge=merge,
    )
    try:
        return deliver(step.github, parcel, step.delivery)
    except NoAnswerError as error:
        if step.summary is None:
            raise
        return Delivered(notes=(f"the patch could not be handed over: {code(str(error))}",))


def _task(wanted: Wanted) -> str:
    return f"{wanted.task}: {wanted.path}" if wanted.path else str(wanted.task)


def _commit(wanted: Wanted) -> str:
    return wanted.pull.head_sha if wanted.pull else ""


def _skipped(step: Step, task: str, reason: str) -> Outcome:
    """In the summary only: a comment that nothing was done would be noise."""
    write_summary(step.summary, body_of(Story(task=task, commit="", result=None, refusal=reason)))
    write_outputs(step.outputs, values_of(None, outcome=Outcome.SKIPPED, folder=step.folder, address=""))
    return Outcome.SKIPPED


def _tell(step: Step, wanted: Wanted, story: Story) -> None:
    """In the job's summary, and in our comment where the token may write one; GitHub's refusal where neither is possible."""
    notes = list(story.notes)
    if wanted.issue is not None and step.github and not (wanted.pull and wanted.pull.is_fork):
        try:
            tell(step.github, wanted.issue, body_of(story))
        except (NotAllowedError, NoAnswerError) as error:
            if step.summary is None:
                raise
            notes.append(f"no comment could be written: {code(str(error))}")
    write_summary(step.summary, body_of(replace(story, notes=notes)))
