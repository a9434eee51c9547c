-- Times are whole microseconds since 1970 in UTC.
CREATE TABLE trust (
    path TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    trusted_by TEXT NOT NULL,
    trusted_at INTEGER NOT NULL,
    PRIMARY KEY (path, sha256)
) WITHOUT ROWID;
CREATE TABLE meta (
    key TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
) WITHOUT ROWID;
