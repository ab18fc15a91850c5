-- One row, locked by whoever changes the inventory: its number orders all changes as they were committed.
CREATE TABLE inventory_head (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    change BIGINT NOT NULL,
    devices BIGINT NOT NULL
);
INSERT INTO inventory_head (one, change, devices) VALUES (1, 0, 0);

CREATE TABLE inventory_cells (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

-- Devices are numbered from 1 without gaps; the number is theirs for good.
CREATE TABLE inventory_devices (
    number INTEGER PRIMARY KEY,
    device TEXT NOT NULL UNIQUE,
    public_key {BLOB} NOT NULL,
    name TEXT NOT NULL,
    host TEXT NOT NULL,
    ring INTEGER NOT NULL,
    cell INTEGER NOT NULL,
    site TEXT,
    domain BIGINT,
    seat INTEGER,
    placed_at BIGINT NOT NULL,
    enrolled_at BIGINT NOT NULL,
    retired_at BIGINT,
    change BIGINT NOT NULL
);
CREATE INDEX inventory_devices_change ON inventory_devices (change);

-- Where a device was until it was moved: a release that began before keeps it there.
CREATE TABLE inventory_moves (
    number INTEGER NOT NULL,
    until BIGINT NOT NULL,
    ring INTEGER NOT NULL,
    cell INTEGER NOT NULL,
    domain BIGINT,
    seat INTEGER,
    placed_at BIGINT NOT NULL,
    change BIGINT NOT NULL,
    PRIMARY KEY (number, until)
);
CREATE INDEX inventory_moves_change ON inventory_moves (change);

-- How many seats a site has given out in one ring and cell. A seat is given once.
CREATE TABLE inventory_domains (
    domain BIGINT PRIMARY KEY,
    site TEXT NOT NULL,
    ring INTEGER NOT NULL,
    cell INTEGER NOT NULL,
    seats INTEGER NOT NULL
);
