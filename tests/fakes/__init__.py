"""The ports in memory: what the core needs from the world, without a world.

They keep the contracts of `skyforge_tui.ports`, and offer what tests need besides: failures to
order, gates to hold an answer back, and a record of what was asked. Each stands in a room of its
own, called as its port; `core` puts the services together on them.
"""

from tests.fakes.audit_book import MemoryAuditBook
from tests.fakes.bookmarks import MemoryBookmarkStore
from tests.fakes.browser import FakeBrowser
from tests.fakes.clock import FakeClock
from tests.fakes.core import Core
from tests.fakes.history import MemoryHistoryStore
from tests.fakes.log_store import MemoryLogReader, MemoryLogStore
from tests.fakes.machine import FakeMachine
from tests.fakes.mutes import MemoryMuteStore
from tests.fakes.project_cache import MemoryProjectCache
from tests.fakes.project_host import FakeRepositoryHost
from tests.fakes.project_secrets import KnownSecrets
from tests.fakes.run_cache import MemoryRunCache
from tests.fakes.run_engine import FakeRunEngine
from tests.fakes.sealer import KnownSealer
from tests.fakes.starter import FakeStarter
from tests.fakes.sync_book import MemorySyncBook
from tests.fakes.trust import MemoryTrustStore
from tests.fakes.views import MemoryViewStore
from tests.fakes.waiting import Gate, under_way, until

__all__ = [
    "Core",
    "FakeBrowser",
    "FakeClock",
    "FakeMachine",
    "FakeRepositoryHost",
    "FakeRunEngine",
    "FakeStarter",
    "Gate",
    "KnownSealer",
    "KnownSecrets",
    "MemoryAuditBook",
    "MemoryBookmarkStore",
    "MemoryHistoryStore",
    "MemoryLogReader",
    "MemoryLogStore",
    "MemoryMuteStore",
    "MemoryProjectCache",
    "MemoryRunCache",
    "MemorySyncBook",
    "MemoryTrustStore",
    "MemoryViewStore",
    "under_way",
    "until",
]
