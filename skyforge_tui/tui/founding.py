"""Making projects, adopting plain repositories, and deleting: asked, shown, then done in steps."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from textual.app import App

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.domain.notice import Notice, Severity

if TYPE_CHECKING:
    from datetime import datetime

    from skyforge_tui.domain.making import Draft, Follower, Outcome
    from skyforge_tui.domain.project import Project
    from skyforge_tui.services.contract import Services
    from skyforge_tui.tui.base_screen import PlaceScreen
    from skyforge_tui.tui.bridge import Bridge
    from skyforge_tui.tui.keymap import Keymap
    from skyforge_tui.tui.presenters.founding import Places
    from skyforge_tui.tui.presenters.making import Undertaking
    from skyforge_tui.tui.presenters.offers import LaunchOffer
    from skyforge_tui.tui.widgets.making_card import Left

WITHIN: Final = timedelta(seconds=60)
"""How long making a project may take."""


class _Unfinished(Unavailable):
    """Some steps were not taken, or went wrong, which was told step by step."""


def _check_whole(outcomes: Sequence[Outcome]) -> None:
    missing = [one for one in outcomes if one.is_missing]
    if missing:
        done = len(outcomes) - len(missing)
        raise _Unfinished(f"{done} of {len(outcomes)} steps; then {missing[0].what}")


class Founding(App[None]):
    """Carries out what makes projects, and what removes them."""

    bridge: Bridge
    keymap: Keymap

    if TYPE_CHECKING:

        def now(self) -> datetime:
            """Return the time."""

        def say(self, notice: Notice) -> None:
            """Show a notice on the place in front."""

        def lead(self, coroutine: Coroutine[Any, Any, None]) -> None:
            """Run what ends in something in front; input waits for it."""

        def place(self) -> PlaceScreen:
            """Return the place in front."""

    def do_project_create(self) -> None:
        """Ask what a new project shall be, and make it."""
        self.lead(self._create())

    def do_project_adopt(self) -> None:
        """Ask what the repository under the cursor shall be, and write that into it."""
        if (project := self._project_here()) is not None:
            self.lead(self._adopt(project))

    def do_project_delete(self) -> None:
        """Show what deleting the project under the cursor would remove, and do it."""
        if (project := self._project_here()) is not None:
            self.lead(self._delete(project))

    async def _create(self) -> None:
        from skyforge_tui.tui.presenters import founding as present
        from skyforge_tui.tui.presenters.offers import LaunchOffer
        from skyforge_tui.tui.widgets.making_card import Left

        places = await self._places()
        if not places.hosts:
            words = "no server is known that keeps repositories"
            self.say(Notice(Severity.WARNING, "No place for a project", words,
                            advice=":connect gitea makes one known"))  # fmt: skip
            return
        fields = present.new_fields(places)
        answers: Mapping[str, str] | None = None
        while True:
            offer = LaunchOffer(
                "project", fields=fields, answers=answers, title="New", go="look first",
                note="nothing is made before its steps were shown",
            )  # fmt: skip
            answers = await self._asked(offer, lambda given: present.create_act(
                present.wish_of(given)), places)  # fmt: skip
            if answers is None:
                return
            wish = present.wish_of(answers)
            made: list[str] = []
            left = await self._undertaken(self._creating(answers, made))
            if left is not Left.BACK:
                for project_id in made:
                    self.place().look_at(project_id)
                again = "project.sync" if made else "project.create"
                self._ended(left, "Made", wish.full_name, again)
                return

    def _creating(self, answers: Mapping[str, str], made: list[str]) -> Undertaking:
        """Return what makes it; the id of the project is added to `made` once there is one."""
        from skyforge_tui.tui.presenters import founding as present
        from skyforge_tui.tui.presenters import making
        from skyforge_tui.tui.presenters.cells import Span, literal

        principal, wish = self.bridge.principal, present.wish_of(answers)
        act = present.create_act(wish)

        async def look() -> Draft:
            return await self.bridge.ask(lambda some: some.founding.foresee(principal, wish))

        async def do(follower: Follower, _: Draft) -> None:
            deadline = self.now() + WITHIN

            async def create(services: Services) -> None:
                project, outcomes = await services.founding.create(
                    principal, wish, deadline, follower
                )
                made.extend([] if project is None else [project.id])
                _check_whole(outcomes)

            with suppress(_Unfinished):
                await self.bridge.act(act, create)

        undertaking = making.Undertaking(
            (Span("Make ", "strong", bold=True), Span(literal(wish.full_name))),
            "make it", "change something", making.MAKING, look, do, self.bridge.line(act),
        )  # fmt: skip
        upstreams = (wish.host, wish.manifest.engine)
        return self._careful(undertaking, upstreams, f"create {wish.full_name}")

    async def _adopt(self, project: Project) -> None:
        from skyforge_tui.tui.presenters import founding as present
        from skyforge_tui.tui.presenters.cells import Span, literal
        from skyforge_tui.tui.presenters.offers import Fact, LaunchOffer
        from skyforge_tui.tui.widgets.making_card import Left

        places = await self._places()
        answers: Mapping[str, str] | None = None
        while True:
            offer = LaunchOffer(
                project.slug, (Fact("repository", (Span(literal(project.path)),)),),
                present.adoption_fields(places, project), answers, title="Adopt", go="look first",
                note="one commit writes a manifest; nothing else in it is touched",
            )  # fmt: skip
            answers = await self._asked(offer, lambda given: present.adopt_act(
                project, present.adopted_manifest(given)), places)  # fmt: skip
            if answers is None:
                return
            left = await self._undertaken(self._adopting(project, answers))
            if left is not Left.BACK:
                self._ended(left, "Adopted", project.slug, "project.sync")
                return

    def _adopting(self, project: Project, answers: Mapping[str, str]) -> Undertaking:
        from skyforge_tui.domain.identity import upstream_of
        from skyforge_tui.tui.presenters import founding as present
        from skyforge_tui.tui.presenters import making
        from skyforge_tui.tui.presenters.cells import Span, literal

        principal, manifest = self.bridge.principal, present.adopted_manifest(answers)
        act = present.adopt_act(project, manifest)

        async def look() -> Draft:
            return await self.bridge.ask(
                lambda some: some.founding.foresee_adoption(principal, project.id, manifest)
            )

        async def do(follower: Follower, _: Draft) -> None:
            deadline = self.now() + WITHIN

            async def adopt(services: Services) -> None:
                _, outcomes = await services.founding.adopt(
                    principal, project.id, manifest, deadline, follower
                )
                _check_whole(outcomes)

            with suppress(_Unfinished):
                await self.bridge.act(act, adopt)

        undertaking = making.Undertaking(
            (Span("Adopt ", "strong", bold=True), Span(literal(project.slug))),
            "adopt it", "change something", making.MAKING, look, do, self.bridge.line(act),
        )  # fmt: skip
        upstreams = (upstream_of(project.id), manifest.engine)
        return self._careful(undertaking, upstreams, f"adopt {project.slug}")

    async def _delete(self, project: Project) -> None:
        from skyforge_tui.tui.presenters import founding as present
        from skyforge_tui.tui.presenters import making
        from skyforge_tui.tui.presenters.cells import Span, literal

        principal, act = self.bridge.principal, present.delete_act(project)

        async def look() -> Draft:
            return await self.bridge.ask(
                lambda some: some.founding.foresee_deletion(principal, project.id)
            )

        async def do(follower: Follower, seen: Draft) -> None:
            async def delete(services: Services) -> None:
                _check_whole(
                    await services.founding.delete(
                        principal, project.id, project.slug, follower, seen
                    )
                )

            with suppress(_Unfinished):
                await self.bridge.act(act, delete)

        title = (Span(f"Delete {literal(project.slug)}", "bad", bold=True),)
        undertaking = making.Undertaking(
            title, "delete it for good", "keep all", making.REMOVING, look, do,
            self.bridge.line(act), words=project.slug, is_destructive=True,
        )  # fmt: skip
        left = await self._undertaken(undertaking)
        self._ended(left, "Deleted", project.slug, "project.delete")

    # What all of them share.

    async def _places(self) -> Places:
        from skyforge_tui.tui.presenters.founding import Places

        async def ask(services: Services) -> Places:
            founding = services.founding
            return Places(founding.hosts, founding.engines, services.lab_index.upstreams)

        return await self.bridge.ask(ask)

    async def _asked(
        self, offer: LaunchOffer, act: Any, places: Places
    ) -> Mapping[str, str] | None:
        """Return the answers, once they can be meant; None where nobody wants to any more."""
        from skyforge_tui.tui.presenters import founding as present
        from skyforge_tui.tui.widgets.launch_card import LaunchCard

        said = ""
        while True:
            card = LaunchCard(offer, same_as=lambda given: self.bridge.line(act(given)), said=said)
            answers = await self.push_screen_wait(card)
            if answers is None:
                return None
            said = present.mistake(answers, places)
            if not said:
                return answers
            offer = replace(offer, answers=answers)

    def _careful(
        self, undertaking: Undertaking, upstreams: tuple[str, ...], words: str
    ) -> Undertaking:
        """Return it with words to be typed, where one of these servers wants them."""
        from skyforge_tui.domain.guard import Guard
        from skyforge_tui.tui.presenters.guarding import guard_line

        askers = self.bridge.careful([f"{one}:" for one in upstreams if one])
        if not askers:
            return undertaking
        return replace(
            undertaking, words=words, asker=", ".join(sorted(askers)),
            guard=guard_line(Guard.CONFIRM),
        )  # fmt: skip

    async def _undertaken(self, undertaking: Undertaking) -> Left:
        from skyforge_tui.tui.widgets.making_card import MakingCard

        card = MakingCard(undertaking, self.bridge.on_ui)
        left = await self.push_screen_wait(card)
        if card.defect is not None:
            raise card.defect
        return left

    def _ended(self, left: Left, verb: str, name: str, again: str) -> None:
        from skyforge_tui.tui.widgets.making_card import Left

        if left is Left.DONE:
            self.say(Notice(Severity.INFO, f"{verb} {name}"))
        elif left is Left.ENDED:
            advice = f"{self.keymap.shown(again)} does what is missing"
            self.say(Notice(Severity.WARNING, f"{name}: not all of it was done", advice=advice))

    def _project_here(self) -> Project | None:
        from skyforge_tui.domain.project import Project

        target = self.place().target()
        return target if isinstance(target, Project) else None
