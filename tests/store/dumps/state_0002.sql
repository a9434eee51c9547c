BEGIN TRANSACTION;
CREATE TABLE meta (
    key TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO "meta" VALUES('first_seen','2026-03-14');
CREATE TABLE trust (
    path TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    trusted_by TEXT NOT NULL,
    trusted_at INTEGER NOT NULL,
    PRIMARY KEY (path, sha256)
) WITHOUT ROWID;
INSERT INTO "trust" VALUES('/srv/edge-fabric/skyforge.toml','0000000000000000000000000000000000000000000000000000000000000000','ada',1773489600000000);
CREATE TABLE views (
    table_name TEXT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    sort TEXT NOT NULL,
    PRIMARY KEY (table_name, name)
) WITHOUT ROWID;
INSERT INTO "views" VALUES('runs','broken','failed age<1d','-took');
COMMIT;
PRAGMA user_version = 2;
