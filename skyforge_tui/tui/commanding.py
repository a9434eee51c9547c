"""Commands by name: the command line, the palette, the log of what was sent."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.tui.connecting import DEFAULT_KIND
from skyforge_tui.tui.things import Things

if TYPE_CHECKING:
    from skyforge_tui.domain.history import SentCommand
    from skyforge_tui.domain.run import Run
    from skyforge_tui.domain.template import Template
    from skyforge_tui.services.contract import Services
    from skyforge_tui.tui.command_line import Meaning
    from skyforge_tui.tui.commands import Place
    from skyforge_tui.tui.presenters.offers import Wrong


class Commanding(Things):
    """Carries out what is asked for by name."""

    config_path: str

    if TYPE_CHECKING:

        def go_to(self, place: Place) -> None:
            """Go to a place."""

        async def connect_to(self, kind: str, address: str) -> None:
            """Show the card that connects to a server."""

        async def sign_in(self, upstream: str) -> None:
            """Let a server ask again who one is."""

        def lead_on(self) -> None:
            """Hold input back once more: what was answered leads to something else in front."""

    def do_app_palette(self) -> None:
        """Show every command and every thing there is."""
        self.lead(self._palette())

    def do_app_command(self) -> None:
        """Take a line that says what to do."""
        self.lead(self.command_line())

    def do_app_log(self) -> None:
        """Show every command that was sent."""
        self.lead(self._sent_log())

    async def _palette(self) -> None:
        from skyforge_tui.tui.palette import choose

        await choose(self, self.place())

    # The command line.

    async def command_line(self, text: str = "") -> None:
        """Take a line, keep it, and do what it says."""
        from skyforge_tui.domain.history import LineKind
        from skyforge_tui.tui.command_completion import completions
        from skyforge_tui.tui.command_line import meaning_of
        from skyforge_tui.tui.command_words import known_here
        from skyforge_tui.tui.presenters.offers import Wrong
        from skyforge_tui.tui.widgets.command_line import CommandLine

        principal, place = self.bridge.principal, self.place()
        known = await known_here(self, place)

        async def past(services: Services) -> list[str]:
            return await services.history.lines(principal, LineKind.COMMAND)

        def wrong(line: str) -> Wrong | None:
            meaning = meaning_of(line, known)
            return meaning if isinstance(meaning, Wrong) else None

        typed = await self.push_screen_wait(
            CommandLine(
                lambda line: completions(line, known), wrong, await self.bridge.ask(past), text
            )
        )
        if typed is None:
            return
        self.lead_on()

        async def keep(services: Services) -> None:
            await services.history.remember(principal, LineKind.COMMAND, typed)

        await self.bridge.ask(keep)
        await self.carry_out(meaning_of(typed, known))

    async def carry_out(self, meaning: Meaning) -> None:
        """Do what a line means; whatever changes the world shows its card or question first."""
        from skyforge_tui.tui import command_line as said
        from skyforge_tui.tui.presenters.offers import Wrong

        match meaning:
            case said.GoTo(place, wanted):
                await self._go_and_filter(place, wanted)
            case said.Do(command_id):
                self.place().action_command(command_id)
            case said.Card(template, answers):
                await self.show_named(template, answers)
            case said.ToRun(verb, reference):
                await self._to_run(verb, reference)
            case said.TrustAt(path):
                await self._trust_at((path,))
            case said.OnView(verb, name):
                await self._on_view(verb, name)
            case said.ToServer("connect", kind, name):
                await self.connect_to(kind or DEFAULT_KIND, name)
            case said.ToServer(_, _, name):
                await self.sign_in(name)
            case Wrong(_, message):
                self.say(Notice(Severity.WARNING, "Not understood", message))

    def show_place(self, place: Place, wanted: str = "") -> None:
        """Go to a place, and look for something there."""
        self.lead(self._go_and_filter(place, wanted))

    async def _go_and_filter(self, place: Place, wanted: str) -> None:
        from skyforge_tui.tui.filtering import FilteredPlace

        if self.current_mode == place.value:
            self.go_to(place)
        else:
            await self.switch_mode(place.value)
            if wanted:  # among its rows, not on the page one left there
                self.go_to(place)
        screen = self.place()
        if isinstance(screen, FilteredPlace):
            screen.look_for(screen.filter, wanted)
        elif wanted:
            self.say(Notice(Severity.INFO, "This place has no filter", wanted))

    async def _on_view(self, verb: str, name: str) -> None:
        from skyforge_tui.tui.filtering import FilteredPlace

        screen = self.place()
        if not isinstance(screen, FilteredPlace):
            return
        if verb == "save":
            await screen.save_view(name)
            return
        for view in [one for one in await screen.views() if one.name == name]:
            if verb == "rm":
                await screen.forget_view(view)
                self.say(Notice(Severity.INFO, f"Dropped view {name}", f"of {view.table}"))
            else:
                screen.apply_view(view)

    async def _to_run(self, verb: str, reference: str) -> None:
        principal = self.bridge.principal

        async def ask(services: Services) -> Run:
            run_id = await services.runs.find(principal, reference)
            return (await services.runs.get(principal, run_id)).run

        run = await self.bridge.ask(ask)
        match verb:
            case "open":
                self.open_run(run.id)
            case "rerun":
                self.rerun(run.id)
            case "stop":
                self.stop_run(run)
            case "confirm" | "reject":
                self.decide_on_run(run, verb)
            case _:
                self.answer_run(run)

    async def _trust_at(self, paths: Sequence[str]) -> None:
        principal = self.bridge.principal
        here = Path(self.bridge.directory)

        async def ask(services: Services) -> tuple[Template, ...]:
            wanted = set()
            for path in paths:
                # What lies there is read anew, so that exactly that is shown and trusted.
                whole = await asyncio.to_thread(_whole, here, path)
                _, sources = await services.projects.sources_at(principal, whole)
                wanted |= set(sources)
            templates = await services.projects.templates(principal)
            return tuple(one for one in templates if wanted & set(one.sources))

        templates = await self.bridge.ask(ask)
        untrusted = tuple(one for one in templates if not one.is_trusted)
        if untrusted:
            self.trust(untrusted)
        else:
            self.say(Notice(Severity.INFO, "Trusted already", ", ".join(paths)))

    # The log of what was sent.

    async def _sent_log(self) -> None:
        from skyforge_tui.tui.presenters import sent
        from skyforge_tui.tui.widgets.command_log import CommandLog

        async def ask(services: Services) -> list[SentCommand]:
            return await services.history.sent(self.bridge.principal)

        def copy(one: SentCommand) -> None:
            self.copy_to_clipboard(sent.shell_line(one, self.bridge.directory))

        commands = await self.bridge.ask(ask)
        again = await self.push_screen_wait(CommandLog(commands, self.now(), on_copy=copy))
        if again is not None:
            await self._again_sent(again.sent.line)

    async def _again_sent(self, line: str) -> None:
        """Do what a line did, by the road it took: card or question first."""
        from skyforge_tui.tui.presenters import headless

        match headless.act_of(line):
            case headless.Launch(template, answers):
                await self.show_named(template, answers)
            case headless.OnRun(verb, run):
                await self._to_run(verb, run)
            case headless.Trust(paths):
                await self._trust_at(paths)
            case headless.Connect(kind, address):
                await self.connect_to(kind, address)
            case _:
                self.copy_to_clipboard(line)
                self.say(Notice(Severity.INFO, "Copied: for a shell", line))


def _whole(here: Path, path: str) -> Path:
    """Return an absolute path; not for the UI thread."""
    return (here / Path(path).expanduser()).resolve()
