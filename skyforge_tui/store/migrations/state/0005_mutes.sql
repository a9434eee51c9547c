-- Concerns that this person does not want to hear of any more, by a key that changes with them.
CREATE TABLE mutes (
    key TEXT PRIMARY KEY,
    muted_at INTEGER NOT NULL  -- microseconds since the epoch
) STRICT;
