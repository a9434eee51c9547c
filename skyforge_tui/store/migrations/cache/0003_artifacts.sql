-- What was collected of ended runs, so that nobody looks twice; a forgotten run's goes with it.
CREATE TABLE collections (
    run_id TEXT PRIMARY KEY NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    payload BLOB NOT NULL
);
CREATE TABLE markers (
    run_id TEXT NOT NULL REFERENCES collections (run_id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (run_id, position)
) WITHOUT ROWID;
CREATE INDEX markers_by_kind ON markers (kind, run_id, position);
