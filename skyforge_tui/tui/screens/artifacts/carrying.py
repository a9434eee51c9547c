"""Carrying artifacts: to files and from them, to other stores; and what is under way."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from skyforge_tui.domain.artifact import ArtifactRef
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.domain.transfer import Transfer
from skyforge_tui.services.artifact_views import Held
from skyforge_tui.services.contract import Services
from skyforge_tui.tui.presenters import transfers as present
from skyforge_tui.tui.presenters.cells import Line
from skyforge_tui.tui.presenters.headless import Other
from skyforge_tui.tui.screens.artifacts.comparing import ComparingPlace
from skyforge_tui.tui.widgets.name_line import NameLine
from skyforge_tui.tui.widgets.picker import Choice, Picker


class CarryingPlace(ComparingPlace):
    """A place of artifacts that can be carried elsewhere, beside everything else."""

    store: str | None = None
    """The store that is looked at; None is the usual one."""

    def go_to(self, prefix: str, *, came_from: str = "", store: str | None = None) -> None:
        """Go into a folder."""
        raise NotImplementedError

    def do_artifact_store(self) -> None:
        """Look at the next store."""
        stores = self.view.stores
        if len(stores) < 2:
            body, advice = "there is one store", "skyforge connect s3 adds a bucket"
            self.say(Notice(Severity.INFO, "No other store", body, advice=advice))
            return
        self.store = stores[(stores.index(self.view.store) + 1) % len(stores)]
        self.go_to("")

    def do_artifact_put(self) -> None:
        """Ask which file of this machine to store here."""
        self.work(self._put, group="carry", exclusive=True)

    def do_artifact_copy(self) -> None:
        """Ask where to copy it, or all that are marked."""
        self.work(partial(self._double, "copy"), group="carry", exclusive=True)

    def do_artifact_move(self) -> None:
        """Ask where to move it, or all that are marked."""
        self.work(partial(self._double, "move"), group="carry", exclusive=True)

    def do_artifact_transfers(self) -> None:
        """Show what is under way, and what ended."""
        self.work(self._show_transfers, group="transfers", exclusive=True)

    async def _put(self) -> None:
        here = ArtifactRef(self.view.store, self.here or "")
        where = f"{here}/" if here.key else f"{here}"
        path = await self.app.push_screen_wait(
            NameLine("Store a file here", f"as {where}NAME", verb="store",
                     name=f"{self.bridge.directory}/", label="file")
        )  # fmt: skip
        if path is None:
            return
        source = self.path_of(path)
        key = "/".join(part for part in (here.key, source.name) if part)
        target = ArtifactRef(here.store, key)
        await self.bridge.act(
            Other(("artifacts", "put", str(source), self.spelled(target))),
            lambda services: services.transfers.put(self.bridge.principal, target, source),
        )

    async def _double(self, verb: str) -> None:
        held = self._carried()
        if not held:
            return
        is_one = len(held) == 1
        first = held[0].ref
        name = first.key.rpartition("/")[2] + ("/" if held[0].is_folder else "")
        begin = f"{self.view.store}:{self.here}/" if self.here else f"{self.view.store}:"
        about = f"stores: {', '.join(self.view.stores)}; what ends in / is a folder it goes into"
        text = await self.app.push_screen_wait(
            NameLine(f"{verb.title()} {name if is_one else f'{len(held)} things'}", about,
                     verb=verb, name=str(first) if is_one else begin, label="to")
        )  # fmt: skip
        if text is None:
            return
        target = self._meant(text)
        for one in held:
            is_into = not is_one or target.key.endswith("/") or not target.key
            name = one.ref.key.rpartition("/")[2]
            key = f"{target.key.rstrip('/')}/{name}".lstrip("/") if is_into else target.key
            await self._begin(verb, one, ArtifactRef(target.store, key))
        self.table.clear_marks()

    async def _begin(self, verb: str, held: Held, target: ArtifactRef) -> None:
        principal, source = self.bridge.principal, held.ref

        async def begin(services: Services) -> object:
            service = services.artifact_folders if held.is_folder else services.transfers
            work = service.move if verb == "move" else service.copy
            return await work(principal, source, target)

        words = ["artifacts", "mv" if verb == "move" else "cp", *(["-r"] if held.is_folder else [])]
        act = Other((*words, self.spelled(source), self.spelled(target)))
        await self.bridge.act(act, begin)

    def _carried(self) -> list[Held]:
        """Return what is marked, or what is under the cursor."""
        keys = self.table.marked if self.table.marked_count else (self.table.cursor_key,)
        return [held for key in keys if (held := self.view.held(key)) is not None]

    def _meant(self, text: str) -> ArtifactRef:
        head, colon, rest = text.partition(":")
        if colon and head in self.view.stores:
            return ArtifactRef(head, rest)
        return ArtifactRef(self.view.store, text)

    async def _show_transfers(self) -> None:
        principal = self.bridge.principal

        async def stop(services: Services, one: Transfer) -> None:
            await services.transfers.stop(principal, one.id)

        async def again(services: Services, one: Transfer) -> None:
            await services.transfers.retry(principal, one.id)

        def tell(picker: Picker[str], transfer_id: str, *, is_stop: bool) -> None:
            one = _of(self.bridge.transfers(), transfer_id)
            if one is None:
                return
            if is_stop == one.state.is_final:
                picker.say("it has ended" if is_stop else "it is under way")
                return
            deed = stop if is_stop else again
            self.work(self.bridge.ask(lambda services: deed(services, one)), group="transfer")

        picker: Picker[str] = Picker(
            "Transfers", present.COLUMNS, self._choices(), verb="close",
            about=lambda one: _about(self.bridge.transfers(), one),
            acts={
                "ctrl+x": ("stop", partial(tell, is_stop=True)),
                "ctrl+r": ("try again", partial(tell, is_stop=False)),
            },
            prompt="type to filter; they go on when this is closed",
        )  # fmt: skip
        self._picker = picker
        try:
            await self.app.push_screen_wait(picker)
        finally:
            self._picker = None

    _picker: Picker[str] | None = None

    def step_transfers(self) -> None:
        """Draw anew how far transfers have come, where their list is shown."""
        if self._picker is not None and self._picker.is_attached:
            self._picker.update_choices(self._choices())

    def _choices(self) -> list[Choice[str]]:
        now = self.now
        return [
            Choice(one.id, one.name, present.cells(one, now), also=str(one.state))
            for one in self.bridge.transfers()
        ]


def _of(transfers: Sequence[Transfer], transfer_id: str) -> Transfer | None:
    return next((one for one in transfers if one.id == transfer_id), None)


def _about(transfers: Sequence[Transfer], transfer_id: str) -> Sequence[Line]:
    one = _of(transfers, transfer_id)
    return () if one is None else present.about_lines(one)
