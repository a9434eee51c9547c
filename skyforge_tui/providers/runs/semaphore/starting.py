"""Starts runs on a Semaphore server, each exactly once, and makes sure that a dry run is dry.

The server has no word for "the same start as before": a start that is sent twice runs twice. So
each carries a mark in its message; when the answer is lost, the mark is looked for, and nothing is
ever sent again by itself. Source: Semaphore UI 2.8 to 2.18, `POST /api/project/P/tasks`.
"""

from __future__ import annotations

import json
import secrets
import shlex
from collections.abc import Mapping
from typing import Final

from skyforge_tui.domain.errors import Conflict, Invalid, Unavailable
from skyforge_tui.domain.run import RunSpec
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.semaphore.client import SemaphoreClient
from skyforge_tui.integrations.semaphore.task_wire import StartTask, Task
from skyforge_tui.integrations.semaphore.wire import Template
from skyforge_tui.ports.clock import Clock
from skyforge_tui.providers.runs.semaphore.names import Names
from skyforge_tui.providers.runs.semaphore.options import DRY_RUN, LIMIT, split
from skyforge_tui.providers.runs.semaphore.trouble import translate, translated

OPERATION: Final = "run.start"
MARK: Final = "skyforge:"
_LOOKS_S: Final = (0.0, 1.0, 2.0, 4.0)
"""Pauses before looking for a start whose answer was lost: the server may still be at it."""
_LOOKED_AT: Final = 50
"""Newest tasks of the project among which it is looked for."""
_FLAGS: Final = ("plan", "destroy", "auto_approve", DRY_RUN, "diff")
_LISTS: Final = (LIMIT, "tags", "skip_tags")


class Starting:
    """Starts runs of one server."""

    def __init__(self, client: SemaphoreClient, names: Names, clock: Clock) -> None:
        self._client = client
        self._names = names
        self._clock = clock
        self._unclear: dict[tuple[int, int], str] = {}
        """Marks of starts of which it is not known whether they happened, by template."""

    async def start(self, spec: RunSpec, secret: Mapping[str, str]) -> Task:
        """Start what is asked for and return its task.

        Raises:
            NotFound: the template is gone.
            Invalid, Forbidden, NotSignedIn: the server, or the template, refuses.
            Conflict: an earlier start did happen after all; or the server would not have kept to
                the dry run or the limit, and the run was stopped.
            Unavailable: nothing shows that it was started, or nobody can say; says which.
        """
        upstream, (project, number) = (
            self._names.upstream,
            self._names.template_of(spec.template_id),
        )
        await self._clear(project, number)
        with translated(upstream, OPERATION):
            template = await self._client.template(project, number)
        variables, hidden, options = split(template, spec.answers, secret)
        mark = f"{MARK}{secrets.token_hex(8)}"
        request = _request(template, variables, hidden, options)
        request.project_id = project
        request.message = f"{spec.started_by} {mark}".strip()
        task = await self._sent(request, mark)
        await self._made_sure(task, options)
        return task

    async def _sent(self, request: StartTask, mark: str) -> Task:
        try:
            return await self._client.tasks.start(request)
        except TransportError as error:
            failure = error
        if _is_refusal(failure):
            raise translate(failure, self._names.upstream, OPERATION) from failure
        project, template = request.project_id, request.template_id
        self._unclear[project, template] = mark
        found = await self._looked_for(project, mark, failure)
        if found is None:
            raise Unavailable(
                f"the server shows no run of this launch: {failure.message}",
                upstream=self._names.upstream, operation=OPERATION,
                advice="launch it again: this one is looked for first",
            ) from failure  # fmt: skip
        del self._unclear[project, template]
        return found

    async def _looked_for(self, project: int, mark: str, failure: TransportError) -> Task | None:
        """Return the task with a mark; None when it is certainly not there.

        Raises:
            Unavailable: nobody can say.
        """
        last: TransportError | None = None
        for pause_s in _LOOKS_S:
            if pause_s:
                await self._clock.sleep(pause_s)
            try:
                listed, _ = await self._client.tasks.last(project, _LOOKED_AT)
            except TransportError as error:
                last = error
                continue
            last = None
            for task in listed.items:
                if mark in (task.message or ""):
                    return task
        if last is None:
            return None
        raise Unavailable(
            f"it is not known whether the run started: {failure.message}",
            upstream=self._names.upstream, operation=OPERATION,
            advice=f"look for a run with {mark} in its message before launching again",
        ) from last  # fmt: skip

    async def _clear(self, project: int, template: int) -> None:
        """Find out about an earlier start of the same template that nobody could say more of.

        Raises:
            Conflict: it did happen.
            Unavailable: nobody can say yet.
        """
        mark = self._unclear.get((project, template))
        if mark is None:
            return
        with translated(self._names.upstream, OPERATION):
            listed, _ = await self._client.tasks.last(project, _LOOKED_AT)
        del self._unclear[project, template]
        for task in listed.items:
            if mark in (task.message or ""):
                raise Conflict(
                    f"the launch before did start: it is run {task.id}",
                    upstream=self._names.upstream, operation=OPERATION,
                    advice="look at it; launching again starts another one",
                )  # fmt: skip

    async def _made_sure(self, task: Task, options: Mapping[str, str]) -> None:
        """Stop a run whose server silently left out what makes it harmless.

        Raises:
            Conflict: it was stopped.
        """
        ignored = []
        if options.get(DRY_RUN) == "true" and not task.is_dry_run:
            ignored.append("the dry run")
        if options.get("plan") == "true" and not task.plans_only:
            ignored.append("that it is a plan")
        if LIMIT in options and set(_words(task.limits)) != set(_words(options[LIMIT])):
            ignored.append("the limit")
        if not ignored:
            return
        with translated(self._names.upstream, OPERATION):
            await self._client.tasks.stop(task.project_id, task.id, force=True)
        raise Conflict(
            f"the server ignored {' and '.join(ignored)}: run {task.id} was stopped at once",
            upstream=self._names.upstream, operation=OPERATION,
            advice="see what its template allows to be overridden",
        )  # fmt: skip


def _is_refusal(error: TransportError) -> bool:
    """Say whether a failed start certainly started nothing."""
    if isinstance(error, HttpError) and error.was_sent:
        return 400 <= error.status < 500 and error.status != 408
    return True


def _request(
    template: Template,
    variables: Mapping[str, object],
    hidden: Mapping[str, str],
    options: Mapping[str, str],
) -> StartTask:
    """Return a start of a template, saying old and new versions what they understand."""
    params: dict[str, bool | list[str]] = {
        name: True for name in _FLAGS if options.get(name) == "true"
    }
    params |= {name: _words(options[name]) for name in _LISTS if options.get(name)}
    arguments = options.get("arguments")
    build = options.get("build_task_id")
    return StartTask(
        project_id=template.project_id,
        template_id=template.id,
        environment=json.dumps(variables) if variables else "",
        secret=json.dumps(hidden) if hidden else "",
        arguments=json.dumps(_arguments(arguments)) if arguments else None,
        git_branch=options.get("git_branch"),
        limit=options.get(LIMIT, ""),
        dry_run=DRY_RUN in params,
        diff="diff" in params,
        params=params or None,
        build_task_id=int(build) if build else None,
    )


def _arguments(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        raise Invalid(f"arguments: {error}", operation=OPERATION) from None


def _words(text: str) -> list[str]:
    return [word for word in (one.strip() for one in text.split(",")) if word]
