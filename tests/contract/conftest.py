"""The real services that contract tests speak with, each started once for all of them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from tests.object_stores import S3Service, ceph, rclone, rclone_program


@pytest.fixture(scope="session")
def rclone_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Service]:
    """Serve S3 by rclone."""
    with rclone(rclone_program(), tmp_path_factory.mktemp("rclone")) as service:
        yield service


@pytest.fixture(scope="session")
def ceph_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Service]:
    """Serve S3 by Ceph."""
    if shutil.which("radosgw") is None:
        pytest.skip("real program not here: radosgw")
    with ceph(tmp_path_factory.mktemp("ceph")) as service:
        yield service
