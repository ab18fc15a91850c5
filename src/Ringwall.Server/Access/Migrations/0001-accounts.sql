-- People. Passwords, tokens and links are kept as digests only; second is the shared secret of RFC 6238, protected by Data Protection.
CREATE TABLE access_accounts (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    roles TEXT NOT NULL,
    vendor TEXT,
    password TEXT,
    second TEXT,
    second_step BIGINT NOT NULL DEFAULT 0,
    disabled BIGINT NOT NULL DEFAULT 0,
    external TEXT UNIQUE,
    created BIGINT NOT NULL
);

CREATE TABLE access_sessions (
    digest TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES access_accounts (id) ON DELETE CASCADE,
    how TEXT NOT NULL,
    created BIGINT NOT NULL,
    seen BIGINT NOT NULL,
    until BIGINT NOT NULL
);

CREATE INDEX access_sessions_account ON access_sessions (account);

CREATE TABLE access_tokens (
    id TEXT PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL REFERENCES access_accounts (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    created BIGINT NOT NULL,
    until BIGINT NOT NULL
);

CREATE INDEX access_tokens_account ON access_tokens (account);

-- One-time sign-in links.
CREATE TABLE access_links (
    digest TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES access_accounts (id) ON DELETE CASCADE,
    until BIGINT NOT NULL
);

CREATE TABLE access_passkeys (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES access_accounts (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    public_key {BLOB} NOT NULL,
    sign_count BIGINT NOT NULL,
    transports TEXT NOT NULL,
    verified BIGINT NOT NULL,
    backup_eligible BIGINT NOT NULL,
    backed_up BIGINT NOT NULL,
    created BIGINT NOT NULL
);

CREATE INDEX access_passkeys_account ON access_passkeys (account);

-- What a sign-in waits for between two requests: the second factor, a passkey's challenge, an identity provider's answer.
CREATE TABLE access_pending (
    digest TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    account TEXT,
    detail TEXT NOT NULL,
    until BIGINT NOT NULL
);

-- Wrong passwords and codes, by the name that was tried and by the address that tried. Names that no account has count alike.
CREATE TABLE access_guesses (
    about TEXT PRIMARY KEY,
    failures BIGINT NOT NULL,
    until BIGINT NOT NULL,
    seen BIGINT NOT NULL
);

-- The keys of ASP.NET Core Data Protection, so that every replica reads what another one protected.
CREATE TABLE access_protection_keys (
    name TEXT PRIMARY KEY,
    xml TEXT NOT NULL
);
