-- Lines of a run's output that somebody wants to find again, by the byte at which they begin.
CREATE TABLE bookmarks (
    run_id TEXT NOT NULL,
    line INTEGER NOT NULL,
    PRIMARY KEY (run_id, line)
) WITHOUT ROWID;
