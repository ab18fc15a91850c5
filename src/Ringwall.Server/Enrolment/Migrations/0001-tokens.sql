-- What lets machines join. Of the token itself only the digest is kept.
CREATE TABLE enrolment_tokens (
    id TEXT PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    ring TEXT NOT NULL,
    site TEXT,
    uses BIGINT NOT NULL,
    left_over BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    withdrawn_at BIGINT
);

-- What session tokens are made with: one for all replicas.
CREATE TABLE enrolment_secret (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    secret {BLOB} NOT NULL
);
