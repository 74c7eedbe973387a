-- Signing in: sessions, passkeys, passwords, one-time codes, failed attempts.

CREATE TABLE session (
    session BLOB NOT NULL PRIMARY KEY, -- A person on a device under one post.
    digest BLOB NOT NULL UNIQUE, -- Keyed digest of the token; the token itself is never stored.
    person BLOB NOT NULL, -- Who.
    post BLOB NOT NULL, -- Under which post.
    organization BLOB NOT NULL, -- For which employer: the owner of the device.
    device BLOB NOT NULL, -- On which row of the register; a renewed certificate keeps it.
    signed_in_at INTEGER NOT NULL, -- The full sign-in with both factors, microseconds UTC.
    expires_at INTEGER NOT NULL, -- When it ends by itself, microseconds UTC.
    idle INTEGER NOT NULL, -- Locks after so many microseconds without activity.
    last_activity_at INTEGER NOT NULL, -- Kept at most a minute late, microseconds UTC.
    locked INTEGER NOT NULL, -- 1 when the person locked it.
    ended_at INTEGER NOT NULL, -- Microseconds UTC; 9223372036854775807 while it lives.
    ending INTEGER NOT NULL -- 0 while it lives, 1 signed out, 2 expired, 3 ended everywhere, 4 password changed, 5 reset, 6 right lost, 7 device revoked, 8 replaced by a new sign-in.
) STRICT;
CREATE INDEX session_by_person ON session (person);
CREATE INDEX session_by_end ON session (ended_at);

CREATE TABLE passkey (
    passkey BLOB NOT NULL PRIMARY KEY, -- The passkey or security key.
    person BLOB NOT NULL, -- Whose.
    credential_index BLOB NOT NULL UNIQUE, -- Blind index of the credential id.
    kind INTEGER NOT NULL, -- 1 security key, 2 tied to the device on which it was made.
    device BLOB NOT NULL, -- The device of kind 2; nil for a security key.
    attested INTEGER NOT NULL, -- 1 when its maker is on the operator's list.
    backup_eligible INTEGER NOT NULL, -- 1 when it may be copied to other devices.
    counter INTEGER NOT NULL, -- The last signature counter; must never go back.
    facts BLOB NOT NULL, -- Sealed: public key, credential id, attestation, the name that the person gave it.
    created_at INTEGER NOT NULL, -- Microseconds UTC.
    used_at INTEGER NOT NULL, -- Last use, microseconds UTC.
    flagged_at INTEGER NOT NULL, -- When its counter went back, microseconds UTC; 9223372036854775807 when it never did.
    ended_at INTEGER NOT NULL -- Removed or reset, microseconds UTC; 9223372036854775807 while it counts.
) STRICT;
CREATE INDEX passkey_by_person ON passkey (person);

CREATE TABLE credential (
    person BLOB NOT NULL PRIMARY KEY, -- Whose password.
    hash BLOB NOT NULL, -- Sealed Argon2id hash.
    changed_at INTEGER NOT NULL -- When it was chosen, microseconds UTC.
) STRICT;

CREATE TABLE enrolment_code (
    person BLOB NOT NULL PRIMARY KEY, -- Who may sign in for the first time with it.
    digest BLOB NOT NULL, -- Keyed digest of the code; the code itself is shown once and never stored.
    issuer BLOB NOT NULL, -- Who issued it; nil for the console.
    confirmer BLOB NOT NULL, -- The second person; nil while it waits, and for the console.
    issued_at INTEGER NOT NULL, -- Microseconds UTC.
    confirmed_at INTEGER NOT NULL, -- Microseconds UTC; 9223372036854775807 while it waits.
    expires_at INTEGER NOT NULL, -- Microseconds UTC.
    failures INTEGER NOT NULL, -- Wrong tries; five end it.
    used_at INTEGER NOT NULL -- Microseconds UTC; 9223372036854775807 while unused.
) STRICT;

CREATE TABLE sign_in_attempt (
    kind INTEGER NOT NULL, -- 1 a login name, 2 a device.
    subject BLOB NOT NULL, -- Blind index of the login name (also of one that nobody has), or the device.
    failures INTEGER NOT NULL, -- Wrong passwords in a row.
    failed_at INTEGER NOT NULL, -- The last one, microseconds UTC.
    closed_until INTEGER NOT NULL, -- The password step stays closed until then, microseconds UTC.
    PRIMARY KEY (kind, subject)
) STRICT;
CREATE INDEX sign_in_attempt_by_time ON sign_in_attempt (failed_at);
