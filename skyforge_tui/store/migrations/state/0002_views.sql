-- Ways to look at a table, by name. `sort` is a column, with a minus before it when descending.
CREATE TABLE views (
    table_name TEXT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    sort TEXT NOT NULL,
    PRIMARY KEY (table_name, name)
) WITHOUT ROWID;
