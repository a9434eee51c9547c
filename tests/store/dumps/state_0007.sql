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
CREATE TABLE history_lines (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    line TEXT NOT NULL,
    at INTEGER NOT NULL,
    UNIQUE (kind, line)
);
CREATE TABLE sent_commands (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    sent_by TEXT NOT NULL,
    line TEXT NOT NULL,
    directory TEXT NOT NULL,
    outcome TEXT NOT NULL,
    note TEXT NOT NULL
);
CREATE TABLE pins (
    digit INTEGER PRIMARY KEY NOT NULL CHECK (digit BETWEEN 1 AND 9),
    template_id TEXT NOT NULL UNIQUE
);
INSERT INTO "history_lines" VALUES(1,'command','runs failed',1773489600000000);
INSERT INTO "history_lines" VALUES(2,'launch','run hello count=200',1773489601000000);
INSERT INTO "sent_commands" VALUES(1,1773489602000000,'ada','skyforge runs stop 7','/srv','refused','run 7 has ended: success');
INSERT INTO "pins" VALUES(3,'local:/srv/edge-fabric#site.yml');
CREATE TABLE bookmarks (
    run_id TEXT NOT NULL,
    line INTEGER NOT NULL,
    PRIMARY KEY (run_id, line)
) WITHOUT ROWID;
INSERT INTO "bookmarks" VALUES('local:7',0);
INSERT INTO "bookmarks" VALUES('local:7',5000000000);
CREATE TABLE mutes (
    key TEXT PRIMARY KEY,
    muted_at INTEGER NOT NULL
) STRICT;
INSERT INTO "mutes" VALUES('run:local:7:lost',1773489603000000);
CREATE TABLE sync_book (
    project_id TEXT PRIMARY KEY,
    payload BLOB NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "sync_book" VALUES('git:19',X'7B22656E67696E65223A22656D6561222C22726F6F6D223A2237227D');
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,  -- microseconds since the epoch
    done_by TEXT NOT NULL,
    login TEXT NOT NULL,
    project_id TEXT NOT NULL,
    project TEXT NOT NULL,
    deed TEXT NOT NULL,
    words TEXT NOT NULL,
    outcome TEXT NOT NULL,
    why TEXT NOT NULL
) STRICT;
CREATE INDEX audit_of_project ON audit (project_id, id);
CREATE TRIGGER audit_is_not_rewritten BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'what was done stays as it was written');
END;
CREATE TRIGGER audit_keeps_the_newest BEFORE DELETE ON audit
WHEN old.id > (SELECT max(id) FROM audit) - 10000
BEGIN
    SELECT RAISE(ABORT, 'what was done stays written');
END;
INSERT INTO "audit" VALUES(1,1773489603000000,'ada','olga','git:19','edge-fabric','let in','gus: viewer','ok','');
COMMIT;
PRAGMA user_version = 7;
