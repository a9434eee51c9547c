-- What runs are searched and sorted by: folded texts, times in microseconds. A null `text` marks a
-- row of an older version; it is filled in before the first search.
ALTER TABLE runs ADD COLUMN text TEXT;
ALTER TABLE runs ADD COLUMN template TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN project TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN who TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN instance TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN waits INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN started_at INTEGER;
ALTER TABLE runs ADD COLUMN ended_at INTEGER;
ALTER TABLE runs ADD COLUMN log_bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN exit_code INTEGER;
-- In the order of the table of runs, with everything that can be asked: a search reads only this.
CREATE INDEX runs_search ON runs (
    is_active DESC, created_at DESC, number DESC, project_id, state, waits, text, template, project,
    who, note, instance, started_at, ended_at, log_bytes, exit_code
);
CREATE INDEX runs_unread ON runs (id) WHERE text IS NULL;
