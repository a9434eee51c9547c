-- Who did what to which project. Rows are only ever added; of more than 10000 the oldest may go.
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
