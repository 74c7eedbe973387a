-- Signing in: sessions, passkeys, passwords, one-time codes, failed attempts.

CREATE TABLE session (
    session UUID NOT NULL PRIMARY KEY, -- A person on a device under one post.
    digest BYTEA NOT NULL UNIQUE, -- Keyed digest of the token; the token itself is never stored.
    person UUID NOT NULL, -- Who.
    post UUID NOT NULL, -- Under which post.
    organization UUID NOT NULL, -- For which employer: the owner of the device.
    device UUID NOT NULL, -- On which row of the register; a renewed certificate keeps it.
    signed_in_at BIGINT NOT NULL, -- The full sign-in with both factors, microseconds UTC.
    expires_at BIGINT NOT NULL, -- When it ends by itself, microseconds UTC.
    idle BIGINT NOT NULL, -- Locks after so many microseconds without activity.
    last_activity_at BIGINT NOT NULL, -- Kept at most a minute late, microseconds UTC.
    locked BIGINT NOT NULL, -- 1 when the person locked it.
    ended_at BIGINT NOT NULL, -- Microseconds UTC; 9223372036854775807 while it lives.
    ending BIGINT NOT NULL -- 0 while it lives, 1 signed out, 2 expired, 3 ended everywhere, 4 password changed, 5 reset, 6 right lost, 7 device revoked, 8 replaced by a new sign-in.
);
COMMENT ON COLUMN session.session IS 'A person on a device under one post.';
COMMENT ON COLUMN session.digest IS 'Keyed digest of the token; the token itself is never stored.';
COMMENT ON COLUMN session.person IS 'Who.';
COMMENT ON COLUMN session.post IS 'Under which post.';
COMMENT ON COLUMN session.organization IS 'For which employer: the owner of the device.';
COMMENT ON COLUMN session.device IS 'On which row of the register; a renewed certificate keeps it.';
COMMENT ON COLUMN session.signed_in_at IS 'The full sign-in with both factors, microseconds UTC.';
COMMENT ON COLUMN session.expires_at IS 'When it ends by itself, microseconds UTC.';
COMMENT ON COLUMN session.idle IS 'Locks after so many microseconds without activity.';
COMMENT ON COLUMN session.last_activity_at IS 'Kept at most a minute late, microseconds UTC.';
COMMENT ON COLUMN session.locked IS '1 when the person locked it.';
COMMENT ON COLUMN session.ended_at IS 'Microseconds UTC; 9223372036854775807 while it lives.';
COMMENT ON COLUMN session.ending IS '0 while it lives, 1 signed out, 2 expired, 3 ended everywhere, 4 password changed, 5 reset, 6 right lost, 7 device revoked, 8 replaced by a new sign-in.';
CREATE INDEX session_by_person ON session (person);
CREATE INDEX session_by_end ON session (ended_at);

CREATE TABLE passkey (
    passkey UUID NOT NULL PRIMARY KEY, -- The passkey or security key.
    person UUID NOT NULL, -- Whose.
    credential_index BYTEA NOT NULL UNIQUE, -- Blind index of the credential id.
    kind BIGINT NOT NULL, -- 1 security key, 2 tied to the device on which it was made.
    device UUID NOT NULL, -- The device of kind 2; nil for a security key.
    attested BIGINT NOT NULL, -- 1 when its maker is on the operator's list.
    backup_eligible BIGINT NOT NULL, -- 1 when it may be copied to other devices.
    counter BIGINT NOT NULL, -- The last signature counter; must never go back.
    facts BYTEA NOT NULL, -- Sealed: public key, credential id, attestation, the name that the person gave it.
    created_at BIGINT NOT NULL, -- Microseconds UTC.
    used_at BIGINT NOT NULL, -- Last use, microseconds UTC.
    flagged_at BIGINT NOT NULL, -- When its counter went back, microseconds UTC; 9223372036854775807 when it never did.
    ended_at BIGINT NOT NULL -- Removed or reset, microseconds UTC; 9223372036854775807 while it counts.
);
COMMENT ON COLUMN passkey.passkey IS 'The passkey or security key.';
COMMENT ON COLUMN passkey.person IS 'Whose.';
COMMENT ON COLUMN passkey.credential_index IS 'Blind index of the credential id.';
COMMENT ON COLUMN passkey.kind IS '1 security key, 2 tied to the device on which it was made.';
COMMENT ON COLUMN passkey.device IS 'The device of kind 2; nil for a security key.';
COMMENT ON COLUMN passkey.attested IS '1 when its maker is on the operator''s list.';
COMMENT ON COLUMN passkey.backup_eligible IS '1 when it may be copied to other devices.';
COMMENT ON COLUMN passkey.counter IS 'The last signature counter; must never go back.';
COMMENT ON COLUMN passkey.facts IS 'Sealed: public key, credential id, attestation, the name that the person gave it.';
COMMENT ON COLUMN passkey.created_at IS 'Microseconds UTC.';
COMMENT ON COLUMN passkey.used_at IS 'Last use, microseconds UTC.';
COMMENT ON COLUMN passkey.flagged_at IS 'When its counter went back, microseconds UTC; 9223372036854775807 when it never did.';
COMMENT ON COLUMN passkey.ended_at IS 'Removed or reset, microseconds UTC; 9223372036854775807 while it counts.';
CREATE INDEX passkey_by_person ON passkey (person);

CREATE TABLE credential (
    person UUID NOT NULL PRIMARY KEY, -- Whose password.
    hash BYTEA NOT NULL, -- Sealed Argon2id hash.
    changed_at BIGINT NOT NULL -- When it was chosen, microseconds UTC.
);
COMMENT ON COLUMN credential.person IS 'Whose password.';
COMMENT ON COLUMN credential.hash IS 'Sealed Argon2id hash.';
COMMENT ON COLUMN credential.changed_at IS 'When it was chosen, microseconds UTC.';

CREATE TABLE enrolment_code (
    person UUID NOT NULL PRIMARY KEY, -- Who may sign in for the first time with it.
    digest BYTEA NOT NULL, -- Keyed digest of the code; the code itself is shown once and never stored.
    issuer UUID NOT NULL, -- Who issued it; nil for the console.
    confirmer UUID NOT NULL, -- The second person; nil while it waits, and for the console.
    issued_at BIGINT NOT NULL, -- Microseconds UTC.
    confirmed_at BIGINT NOT NULL, -- Microseconds UTC; 9223372036854775807 while it waits.
    expires_at BIGINT NOT NULL, -- Microseconds UTC.
    failures BIGINT NOT NULL, -- Wrong tries; five end it.
    used_at BIGINT NOT NULL -- Microseconds UTC; 9223372036854775807 while unused.
);
COMMENT ON COLUMN enrolment_code.person IS 'Who may sign in for the first time with it.';
COMMENT ON COLUMN enrolment_code.digest IS 'Keyed digest of the code; the code itself is shown once and never stored.';
COMMENT ON COLUMN enrolment_code.issuer IS 'Who issued it; nil for the console.';
COMMENT ON COLUMN enrolment_code.confirmer IS 'The second person; nil while it waits, and for the console.';
COMMENT ON COLUMN enrolment_code.issued_at IS 'Microseconds UTC.';
COMMENT ON COLUMN enrolment_code.confirmed_at IS 'Microseconds UTC; 9223372036854775807 while it waits.';
COMMENT ON COLUMN enrolment_code.expires_at IS 'Microseconds UTC.';
COMMENT ON COLUMN enrolment_code.failures IS 'Wrong tries; five end it.';
COMMENT ON COLUMN enrolment_code.used_at IS 'Microseconds UTC; 9223372036854775807 while unused.';

CREATE TABLE sign_in_attempt (
    kind BIGINT NOT NULL, -- 1 a login name, 2 a device.
    subject UUID NOT NULL, -- Blind index of the login name (also of one that nobody has), or the device.
    failures BIGINT NOT NULL, -- Wrong passwords in a row.
    failed_at BIGINT NOT NULL, -- The last one, microseconds UTC.
    closed_until BIGINT NOT NULL, -- The password step stays closed until then, microseconds UTC.
    PRIMARY KEY (kind, subject)
);
COMMENT ON COLUMN sign_in_attempt.kind IS '1 a login name, 2 a device.';
COMMENT ON COLUMN sign_in_attempt.subject IS 'Blind index of the login name (also of one that nobody has), or the device.';
COMMENT ON COLUMN sign_in_attempt.failures IS 'Wrong passwords in a row.';
COMMENT ON COLUMN sign_in_attempt.failed_at IS 'The last one, microseconds UTC.';
COMMENT ON COLUMN sign_in_attempt.closed_until IS 'The password step stays closed until then, microseconds UTC.';
CREATE INDEX sign_in_attempt_by_time ON sign_in_attempt (failed_at);
