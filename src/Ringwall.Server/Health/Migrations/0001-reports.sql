-- One row, locked by whoever writes reports: its number orders them as they were committed, on all replicas; its clock never goes back.
CREATE TABLE health_head (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    change BIGINT NOT NULL,
    at BIGINT NOT NULL,
    before BIGINT NOT NULL,
    releases BIGINT NOT NULL
);
INSERT INTO health_head (one, change, at, before, releases) VALUES (1, 0, 0, 0, 0);

-- When nobody could be heard: who was silent then was not dark.
CREATE TABLE health_outages (
    since BIGINT PRIMARY KEY,
    until BIGINT NOT NULL
);

-- The releases whose way through the fleet is watched.
CREATE TABLE health_releases (
    number INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    soak BIGINT NOT NULL,
    at BIGINT NOT NULL
);

-- How each device was when it was last heard.
CREATE TABLE health_states (
    number INTEGER PRIMARY KEY,
    sequence BIGINT NOT NULL,
    at BIGINT NOT NULL,
    began BIGINT NOT NULL,
    flags INTEGER NOT NULL,
    marks {BLOB} NOT NULL,
    report {BLOB} NOT NULL
);

-- What a device did with a watched release, and when that was heard. Written when it changes.
CREATE TABLE health_runs (
    release INTEGER NOT NULL,
    number INTEGER NOT NULL,
    state INTEGER NOT NULL,
    state_at BIGINT NOT NULL,
    taken_at BIGINT,
    ran_at BIGINT,
    matured_at BIGINT,
    matured_age INTEGER NOT NULL,
    fallback INTEGER NOT NULL,
    change BIGINT NOT NULL,
    PRIMARY KEY (release, number)
);
CREATE INDEX health_runs_change ON health_runs (change);

CREATE TABLE health_harms (
    number INTEGER NOT NULL,
    measure INTEGER NOT NULL,
    at BIGINT NOT NULL,
    until BIGINT NOT NULL,
    times BIGINT NOT NULL,
    release TEXT,
    detail TEXT NOT NULL,
    change BIGINT NOT NULL,
    PRIMARY KEY (number, measure, at)
);
CREATE INDEX health_harms_change ON health_harms (change);
CREATE INDEX health_harms_at ON health_harms (at);

CREATE TABLE health_probations (
    number INTEGER NOT NULL,
    at BIGINT NOT NULL,
    place INTEGER NOT NULL,
    release TEXT,
    sensor TEXT NOT NULL,
    result TEXT NOT NULL,
    report {BLOB} NOT NULL,
    PRIMARY KEY (number, at, place)
);
CREATE INDEX health_probations_release ON health_probations (release, at);

-- The last reports, five bytes each, for views that follow: a view that missed more begins anew from the tables above.
CREATE TABLE health_log (
    change BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    body {BLOB} NOT NULL
);
