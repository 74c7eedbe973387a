-- Keys, the policy's version and the access log.

CREATE TABLE data_key (
    key BLOB NOT NULL PRIMARY KEY, -- Random id of the key, named by everything that it seals.
    scope_kind INTEGER NOT NULL, -- What the key is for: consortium, organization, room, patient, person, log month.
    scope BLOB NOT NULL, -- Which one; nil for the consortium, the number yyyymm for a log month.
    epoch INTEGER NOT NULL, -- Counts up with every rotation.
    wrapped BLOB NOT NULL, -- The key sealed under its branch of the root key.
    created_at INTEGER NOT NULL, -- Microseconds UTC.
    UNIQUE (scope_kind, scope, epoch)
) STRICT;

CREATE TABLE house (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1), -- There is one row.
    origin TEXT NOT NULL, -- The log's origin line; says demo where the history is a demonstration.
    rp_id TEXT NOT NULL, -- The final DNS name, which passkeys are bound to.
    root_fingerprint BLOB NOT NULL, -- Recognises a wrong root key before anything is opened.
    policy_version INTEGER NOT NULL, -- Raised by every commit that changes rights.
    revocation_generation INTEGER NOT NULL, -- Raised by every commit that ends a session, device, person or post.
    created_at INTEGER NOT NULL -- Microseconds UTC.
) STRICT;

CREATE TABLE log_head (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1), -- There is one row.
    size INTEGER NOT NULL, -- Number of entries; the next entry's index.
    last_at INTEGER NOT NULL -- Time of the last entry, microseconds UTC; entries never go back in time.
) STRICT;

CREATE TABLE access_entry (
    idx INTEGER NOT NULL PRIMARY KEY, -- Position in the log, from 0 without gaps.
    at INTEGER NOT NULL, -- Microseconds UTC.
    action INTEGER NOT NULL, -- What was done or tried.
    outcome INTEGER NOT NULL, -- 1 done, 2 refused, 3 failed.
    actor_kind INTEGER NOT NULL, -- 1 person, 2 device, 3 operator, 4 job, 5 witness.
    actor BLOB NOT NULL, -- The person or device; nil otherwise.
    post BLOB NOT NULL, -- The post that the session acted under; nil without one.
    organization BLOB NOT NULL, -- The actor's organization; nil without one.
    device BLOB NOT NULL, -- The device; nil without one.
    session BLOB NOT NULL, -- The session; nil without one.
    patient BLOB NOT NULL, -- The patient concerned; nil without one.
    object_organization BLOB NOT NULL, -- The organization that the object belongs to; nil without one.
    room BLOB NOT NULL, -- The room; nil without one.
    object_kind INTEGER NOT NULL, -- What the object is.
    object BLOB NOT NULL, -- The object; nil without one.
    request BLOB NOT NULL, -- The request or frame.
    key BLOB NOT NULL, -- The month's log key that seals the body.
    body BLOB NOT NULL, -- Sealed detail: source, certificate, job type, reason, ranges; never content.
    leaf_hash BLOB NOT NULL -- SHA-256 of the leaf (RFC 6962), 32 bytes.
) STRICT;

CREATE INDEX access_entry_by_time ON access_entry (at, idx);
CREATE INDEX access_entry_by_actor ON access_entry (actor, idx);
CREATE INDEX access_entry_by_patient ON access_entry (patient, idx);
CREATE INDEX access_entry_by_organization ON access_entry (organization, idx);
CREATE INDEX access_entry_by_object_organization ON access_entry (object_organization, idx);
CREATE INDEX access_entry_by_action ON access_entry (action, idx);
CREATE INDEX access_entry_by_device ON access_entry (device, idx);
CREATE INDEX access_entry_not_done ON access_entry (idx) WHERE outcome <> 1;

CREATE TABLE log_tile (
    level INTEGER NOT NULL, -- Level of the tile, from 0 at the leaves (C2SP tlog-tiles).
    idx INTEGER NOT NULL, -- Position of the tile within its level.
    hashes BLOB NOT NULL, -- 256 hashes of 32 bytes; only full tiles are kept.
    PRIMARY KEY (level, idx)
) STRICT;

CREATE TABLE checkpoint (
    size INTEGER NOT NULL PRIMARY KEY, -- Number of entries that it covers.
    at INTEGER NOT NULL, -- When it was signed, microseconds UTC.
    note TEXT NOT NULL -- The signed note (C2SP checkpoint).
) STRICT;

CREATE TRIGGER access_entry_no_update BEFORE UPDATE ON access_entry BEGIN SELECT RAISE(ABORT, 'access_entry is append-only'); END;
CREATE TRIGGER access_entry_no_delete BEFORE DELETE ON access_entry BEGIN SELECT RAISE(ABORT, 'access_entry is append-only'); END;
CREATE TRIGGER checkpoint_no_update BEFORE UPDATE ON checkpoint BEGIN SELECT RAISE(ABORT, 'checkpoint is append-only'); END;
CREATE TRIGGER checkpoint_no_delete BEFORE DELETE ON checkpoint BEGIN SELECT RAISE(ABORT, 'checkpoint is append-only'); END;

CREATE TABLE log_signing (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1), -- There is one row.
    size INTEGER NOT NULL -- Size of the newest signed head; whoever signs the next one raises it first, so that two never sign side by side.
) STRICT;
INSERT INTO log_signing (one, size) VALUES (1, 0);

CREATE TABLE leader (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1), -- There is one row.
    instance BLOB NOT NULL, -- The instance that runs the timed tasks; nil before the first.
    until_at INTEGER NOT NULL -- Until when it leads without asking again, microseconds UTC.
) STRICT;
INSERT INTO leader (one, instance, until_at) VALUES (1, x'00000000000000000000000000000000', 0);

CREATE TRIGGER log_tile_no_update BEFORE UPDATE ON log_tile BEGIN SELECT RAISE(ABORT, 'log_tile is append-only'); END;
CREATE TRIGGER log_tile_no_delete BEFORE DELETE ON log_tile BEGIN SELECT RAISE(ABORT, 'log_tile is append-only'); END;
