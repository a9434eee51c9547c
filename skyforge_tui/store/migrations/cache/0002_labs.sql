-- Labs and how their providers answered, as last seen; payloads are JSON of the domain objects.
CREATE TABLE labs (
    id TEXT PRIMARY KEY NOT NULL,
    payload BLOB NOT NULL
);
CREATE TABLE lab_sources (
    provider TEXT PRIMARY KEY NOT NULL,
    payload BLOB NOT NULL
);
