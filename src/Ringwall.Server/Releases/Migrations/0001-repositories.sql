-- Two repositories of signed files. The row of a repository is what every publication takes first, so that there is one at a time.
CREATE TABLE releases_repositories (
    name TEXT NOT NULL PRIMARY KEY,
    publication BIGINT NOT NULL,
    at BIGINT NOT NULL
);
INSERT INTO releases_repositories (name, publication, at) VALUES ('vendors', 0, 0), ('director', 0, 0);

-- Every file under the name by which devices fetch it. Names with a version never change; timestamp.json does.
CREATE TABLE releases_files (
    repository TEXT NOT NULL,
    name TEXT NOT NULL,
    at BIGINT NOT NULL,
    content {BLOB} NOT NULL,
    PRIMARY KEY (repository, name)
);

-- The latest file of each role: where the next publication goes on from.
CREATE TABLE releases_roles (
    repository TEXT NOT NULL,
    role TEXT NOT NULL,
    content {BLOB} NOT NULL,
    PRIMARY KEY (repository, role)
);

-- Vendors that asked to be signed in. Who is signed in, the vendors' targets file says.
CREATE TABLE releases_vendors (
    name TEXT NOT NULL PRIMARY KEY,
    keys TEXT NOT NULL,
    threshold BIGINT NOT NULL,
    at BIGINT NOT NULL,
    who TEXT NOT NULL
);

CREATE TABLE releases_packages (
    sha256 TEXT NOT NULL PRIMARY KEY,
    place TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    at BIGINT NOT NULL
);

-- Who sent a package: nobody else may publish it, or learn that it is there.
CREATE TABLE releases_senders (
    sha256 TEXT NOT NULL,
    vendor TEXT NOT NULL,
    PRIMARY KEY (sha256, vendor)
);

-- Uploads that have begun. One that did not end is removed, with its chunks, after a day.
CREATE TABLE releases_uploads (
    place TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL
);

CREATE TABLE releases_chunks (
    place TEXT NOT NULL,
    number BIGINT NOT NULL,
    content {BLOB} NOT NULL,
    PRIMARY KEY (place, number)
);

CREATE TABLE releases_releases (
    path TEXT NOT NULL PRIMARY KEY,
    vendor TEXT NOT NULL,
    sensor TEXT NOT NULL,
    stream TEXT NOT NULL,
    number BIGINT NOT NULL,
    version TEXT NOT NULL,
    schema_hash TEXT,
    sha256 TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    at BIGINT NOT NULL,
    who TEXT NOT NULL,
    way_back_from TEXT
);
CREATE UNIQUE INDEX releases_releases_numbers ON releases_releases (vendor, sensor, stream, number);
