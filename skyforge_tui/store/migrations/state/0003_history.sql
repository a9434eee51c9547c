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
