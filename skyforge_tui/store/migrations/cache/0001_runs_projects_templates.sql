-- Payloads are JSON of the domain objects; beside them stands what is searched or sorted by.
-- Times are whole microseconds since 1970 in UTC. AUTOINCREMENT: a rowid handed out for paging
-- must never come to mean another run.
CREATE TABLE runs (
    rowid INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    number INTEGER NOT NULL,
    state TEXT NOT NULL,
    is_active INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    template_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    run BLOB NOT NULL,
    detail BLOB NOT NULL
);
-- The order of the table of runs; holds the project so that a filtered order needs no table row.
CREATE INDEX runs_in_order ON runs (is_active DESC, created_at DESC, number DESC, project_id);
CREATE INDEX runs_by_project ON runs (project_id, state);
CREATE INDEX runs_by_template ON runs (template_id, created_at DESC, number DESC, state);
CREATE INDEX runs_by_number ON runs (number);

CREATE TABLE projects (
    id TEXT PRIMARY KEY NOT NULL,
    payload BLOB NOT NULL
);
CREATE TABLE templates (
    id TEXT PRIMARY KEY NOT NULL,
    project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    payload BLOB NOT NULL
);
CREATE INDEX templates_of_project ON templates (project_id, position);
