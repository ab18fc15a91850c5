CREATE TABLE rollouts_rollouts (
    id TEXT NOT NULL PRIMARY KEY,
    release TEXT NOT NULL,
    vendor TEXT NOT NULL,
    sensor TEXT NOT NULL,
    stream TEXT NOT NULL,
    number BIGINT NOT NULL,
    version TEXT NOT NULL,
    state TEXT NOT NULL,
    urgent BIGINT NOT NULL,
    asked_at BIGINT NOT NULL,
    asked_by TEXT NOT NULL,
    -- From here on, what it has since it began: nothing while people have yet to approve.
    salt TEXT NOT NULL DEFAULT '',
    began_at BIGINT NOT NULL DEFAULT 0,
    policy TEXT NOT NULL DEFAULT '',
    cells TEXT NOT NULL DEFAULT '[]',
    -- The last minute whose evidence is in it, and how many decisions there are.
    folded BIGINT NOT NULL DEFAULT 0,
    decisions BIGINT NOT NULL DEFAULT 0,
    decided_at BIGINT NOT NULL DEFAULT 0,
    kind TEXT NOT NULL DEFAULT '',
    words TEXT NOT NULL DEFAULT '',
    -- Counts by stratum, as JSON, and their sums.
    strata TEXT NOT NULL DEFAULT '',
    exposed BIGINT NOT NULL DEFAULT 0,
    enrolled BIGINT NOT NULL DEFAULT 0,
    installed BIGINT NOT NULL DEFAULT 0,
    matured BIGINT NOT NULL DEFAULT 0,
    harmed BIGINT NOT NULL DEFAULT 0,
    spent DOUBLE PRECISION NOT NULL DEFAULT 0,
    evidence DOUBLE PRECISION NOT NULL DEFAULT 1,
    ended_at BIGINT NOT NULL DEFAULT 0,
    -- Grows with every change that a page may show.
    revision BIGINT NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX rollouts_rollouts_release ON rollouts_rollouts (release);

CREATE TABLE rollouts_approvals (
    rollout TEXT NOT NULL,
    person TEXT NOT NULL,
    name TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (rollout, person)
);

-- Each exposure that was decided, whole; the last one holds. The key keeps two drivers from taking the same step.
CREATE TABLE rollouts_steps (
    rollout TEXT NOT NULL,
    number BIGINT NOT NULL,
    decision BIGINT NOT NULL,
    minute BIGINT NOT NULL,
    exposure TEXT NOT NULL,
    PRIMARY KEY (rollout, number)
);

-- What the fleet showed, window by window: from these any replica has the same ledger, bit for bit.
CREATE TABLE rollouts_windows (
    rollout TEXT NOT NULL,
    minute BIGINT NOT NULL,
    body {BLOB} NOT NULL,
    PRIMARY KEY (rollout, minute)
);

CREATE TABLE rollouts_decisions (
    rollout TEXT NOT NULL,
    number BIGINT NOT NULL,
    minute BIGINT NOT NULL,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    reasons TEXT NOT NULL,
    words TEXT NOT NULL,
    exposed BIGINT NOT NULL,
    installed BIGINT NOT NULL,
    matured BIGINT NOT NULL,
    harmed BIGINT NOT NULL,
    evidence DOUBLE PRECISION NOT NULL,
    spent DOUBLE PRECISION NOT NULL,
    owner TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    record {BLOB} NOT NULL,
    PRIMARY KEY (rollout, number)
);

-- Who drives a rollout. The epoch grows when another replica takes over: what the one before still wanted to write is refused.
CREATE TABLE rollouts_leases (
    name TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    until BIGINT NOT NULL
);

CREATE TABLE rollouts_policy (
    one BIGINT NOT NULL PRIMARY KEY,
    body TEXT NOT NULL,
    at BIGINT NOT NULL,
    who TEXT NOT NULL
);

-- What the director repository should say, and what it says: whoever finds them different publishes.
CREATE TABLE rollouts_director (
    one BIGINT NOT NULL PRIMARY KEY,
    wanted BIGINT NOT NULL,
    published BIGINT NOT NULL,
    frozen BIGINT NOT NULL
);
INSERT INTO rollouts_director (one, wanted, published, frozen) VALUES (1, 0, 0, 0);
