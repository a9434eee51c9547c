"""Opens a bucket with the library, which carries single objects."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from obstore.store import S3Store

from skyforge_tui.integrations.object_store.bucket import Bucket, Keys
from skyforge_tui.integrations.object_store.refusals import StoreError

_OPTIONS: Any = {
    "connect_timeout": "8s",
    "read_timeout": "20s",
    "timeout": "1day",  # of a whole body, however large; what stalls is found by the one above
}
_RETRY: Any = {"max_retries": 3, "retry_timeout": timedelta(seconds=45)}


def opened(bucket: Bucket, keys: Keys) -> S3Store:
    """Open a bucket; reads the file of authorities.

    Everything that the environment could change is said.
    """
    options: Any = dict(_OPTIONS)
    if bucket.root.startswith("http:"):
        options["allow_http"] = True
    trust = bucket.trust
    if trust.ca_file is not None:
        try:
            options["root_certificate"] = trust.ca_file.read_bytes()
        except OSError as error:
            words = f"{trust.ca_file} cannot be read: {(error.strerror or '').lower()}"
            raise StoreError("untrusted", words, "name a file of certificates: --ca FILE") from None
    if not trust.verify:
        options["allow_invalid_certificates"] = True
    if bucket.proxy:
        options["proxy_url"] = bucket.proxy
    token = keys.token.reveal() if keys.token else None
    known: Any = {
        "access_key_id": keys.access,
        "secret_access_key": keys.secret.reveal(),
        "token": token,
        "expires_at": None,
    }
    service = bucket.endpoint.rstrip("/") or f"https://s3.{bucket.place}.amazonaws.com"
    endpoint = service if bucket.is_path_style else bucket.root
    return S3Store(
        bucket.name,
        prefix=bucket.start.rstrip("/") or None,
        endpoint=endpoint,
        aws_endpoint_url_s3=endpoint,
        region=bucket.place,
        virtual_hosted_style_request=not bucket.is_path_style,
        skip_signature=False,
        client_options=options,
        retry_config=_RETRY,
        credential_provider=lambda: known,
    )
