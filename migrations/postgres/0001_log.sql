-- Keys, the policy's version and the access log.

CREATE TABLE data_key (
    key UUID NOT NULL PRIMARY KEY, -- Random id of the key, named by everything that it seals.
    scope_kind BIGINT NOT NULL, -- What the key is for: consortium, organization, room, patient, person, log month.
    scope UUID NOT NULL, -- Which one; nil for the consortium, the number yyyymm for a log month.
    epoch BIGINT NOT NULL, -- Counts up with every rotation.
    wrapped BYTEA NOT NULL, -- The key sealed under its branch of the root key.
    created_at BIGINT NOT NULL, -- Microseconds UTC.
    UNIQUE (scope_kind, scope, epoch)
);
COMMENT ON COLUMN data_key.key IS 'Random id of the key, named by everything that it seals.';
COMMENT ON COLUMN data_key.scope_kind IS 'What the key is for: consortium, organization, room, patient, person, log month.';
COMMENT ON COLUMN data_key.scope IS 'Which one; nil for the consortium, the number yyyymm for a log month.';
COMMENT ON COLUMN data_key.epoch IS 'Counts up with every rotation.';
COMMENT ON COLUMN data_key.wrapped IS 'The key sealed under its branch of the root key.';
COMMENT ON COLUMN data_key.created_at IS 'Microseconds UTC.';

CREATE TABLE house (
    one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1), -- There is one row.
    origin TEXT NOT NULL, -- The log's origin line; says demo where the history is a demonstration.
    rp_id TEXT NOT NULL, -- The final DNS name, which passkeys are bound to.
    root_fingerprint BYTEA NOT NULL, -- Recognises a wrong root key before anything is opened.
    policy_version BIGINT NOT NULL, -- Raised by every commit that changes rights.
    revocation_generation BIGINT NOT NULL, -- Raised by every commit that ends a session, device, person or post.
    created_at BIGINT NOT NULL -- Microseconds UTC.
);
COMMENT ON COLUMN house.one IS 'There is one row.';
COMMENT ON COLUMN house.origin IS 'The log''s origin line; says demo where the history is a demonstration.';
COMMENT ON COLUMN house.rp_id IS 'The final DNS name, which passkeys are bound to.';
COMMENT ON COLUMN house.root_fingerprint IS 'Recognises a wrong root key before anything is opened.';
COMMENT ON COLUMN house.policy_version IS 'Raised by every commit that changes rights.';
COMMENT ON COLUMN house.revocation_generation IS 'Raised by every commit that ends a session, device, person or post.';
COMMENT ON COLUMN house.created_at IS 'Microseconds UTC.';

CREATE TABLE log_head (
    one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1), -- There is one row.
    size BIGINT NOT NULL, -- Number of entries; the next entry's index.
    last_at BIGINT NOT NULL -- Time of the last entry, microseconds UTC; entries never go back in time.
);
COMMENT ON COLUMN log_head.one IS 'There is one row.';
COMMENT ON COLUMN log_head.size IS 'Number of entries; the next entry''s index.';
COMMENT ON COLUMN log_head.last_at IS 'Time of the last entry, microseconds UTC; entries never go back in time.';

CREATE TABLE access_entry (
    idx BIGINT NOT NULL PRIMARY KEY, -- Position in the log, from 0 without gaps.
    at BIGINT NOT NULL, -- Microseconds UTC.
    action BIGINT NOT NULL, -- What was done or tried.
    outcome BIGINT NOT NULL, -- 1 done, 2 refused, 3 failed.
    actor_kind BIGINT NOT NULL, -- 1 person, 2 device, 3 operator, 4 job, 5 witness.
    actor UUID NOT NULL, -- The person or device; nil otherwise.
    post UUID NOT NULL, -- The post that the session acted under; nil without one.
    organization UUID NOT NULL, -- The actor's organization; nil without one.
    device UUID NOT NULL, -- The device; nil without one.
    session UUID NOT NULL, -- The session; nil without one.
    patient UUID NOT NULL, -- The patient concerned; nil without one.
    object_organization UUID NOT NULL, -- The organization that the object belongs to; nil without one.
    room UUID NOT NULL, -- The room; nil without one.
    object_kind BIGINT NOT NULL, -- What the object is.
    object UUID NOT NULL, -- The object; nil without one.
    request UUID NOT NULL, -- The request or frame.
    key UUID NOT NULL, -- The month's log key that seals the body.
    body BYTEA NOT NULL, -- Sealed detail: source, certificate, job type, reason, ranges; never content.
    leaf_hash BYTEA NOT NULL -- SHA-256 of the leaf (RFC 6962), 32 bytes.
);
COMMENT ON COLUMN access_entry.idx IS 'Position in the log, from 0 without gaps.';
COMMENT ON COLUMN access_entry.at IS 'Microseconds UTC.';
COMMENT ON COLUMN access_entry.action IS 'What was done or tried.';
COMMENT ON COLUMN access_entry.outcome IS '1 done, 2 refused, 3 failed.';
COMMENT ON COLUMN access_entry.actor_kind IS '1 person, 2 device, 3 operator, 4 job, 5 witness.';
COMMENT ON COLUMN access_entry.actor IS 'The person or device; nil otherwise.';
COMMENT ON COLUMN access_entry.post IS 'The post that the session acted under; nil without one.';
COMMENT ON COLUMN access_entry.organization IS 'The actor''s organization; nil without one.';
COMMENT ON COLUMN access_entry.device IS 'The device; nil without one.';
COMMENT ON COLUMN access_entry.session IS 'The session; nil without one.';
COMMENT ON COLUMN access_entry.patient IS 'The patient concerned; nil without one.';
COMMENT ON COLUMN access_entry.object_organization IS 'The organization that the object belongs to; nil without one.';
COMMENT ON COLUMN access_entry.room IS 'The room; nil without one.';
COMMENT ON COLUMN access_entry.object_kind IS 'What the object is.';
COMMENT ON COLUMN access_entry.object IS 'The object; nil without one.';
COMMENT ON COLUMN access_entry.request IS 'The request or frame.';
COMMENT ON COLUMN access_entry.key IS 'The month''s log key that seals the body.';
COMMENT ON COLUMN access_entry.body IS 'Sealed detail: source, certificate, job type, reason, ranges; never content.';
COMMENT ON COLUMN access_entry.leaf_hash IS 'SHA-256 of the leaf (RFC 6962), 32 bytes.';

CREATE INDEX access_entry_by_time ON access_entry (at, idx);
CREATE INDEX access_entry_by_actor ON access_entry (actor, idx);
CREATE INDEX access_entry_by_patient ON access_entry (patient, idx);
CREATE INDEX access_entry_by_organization ON access_entry (organization, idx);
CREATE INDEX access_entry_by_object_organization ON access_entry (object_organization, idx);
CREATE INDEX access_entry_by_action ON access_entry (action, idx);
CREATE INDEX access_entry_by_device ON access_entry (device, idx);
CREATE INDEX access_entry_not_done ON access_entry (idx) WHERE outcome <> 1;

CREATE TABLE log_tile (
    level BIGINT NOT NULL, -- Level of the tile, from 0 at the leaves (C2SP tlog-tiles).
    idx BIGINT NOT NULL, -- Position of the tile within its level.
    hashes BYTEA NOT NULL, -- 256 hashes of 32 bytes; only full tiles are kept.
    PRIMARY KEY (level, idx)
);
COMMENT ON COLUMN log_tile.level IS 'Level of the tile, from 0 at the leaves (C2SP tlog-tiles).';
COMMENT ON COLUMN log_tile.idx IS 'Position of the tile within its level.';
COMMENT ON COLUMN log_tile.hashes IS '256 hashes of 32 bytes; only full tiles are kept.';

CREATE TABLE checkpoint (
    size BIGINT NOT NULL PRIMARY KEY, -- Number of entries that it covers.
    at BIGINT NOT NULL, -- When it was signed, microseconds UTC.
    note TEXT NOT NULL -- The signed note (C2SP checkpoint).
);
COMMENT ON COLUMN checkpoint.size IS 'Number of entries that it covers.';
COMMENT ON COLUMN checkpoint.at IS 'When it was signed, microseconds UTC.';
COMMENT ON COLUMN checkpoint.note IS 'The signed note (C2SP checkpoint).';

CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
CREATE TRIGGER access_entry_no_change BEFORE UPDATE OR DELETE ON access_entry FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER access_entry_no_truncate BEFORE TRUNCATE ON access_entry FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER checkpoint_no_change BEFORE UPDATE OR DELETE ON checkpoint FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER checkpoint_no_truncate BEFORE TRUNCATE ON checkpoint FOR EACH STATEMENT EXECUTE FUNCTION append_only();

CREATE TABLE log_signing (
    one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1), -- There is one row.
    size BIGINT NOT NULL -- Size of the newest signed head; whoever signs the next one raises it first, so that two never sign side by side.
);
COMMENT ON COLUMN log_signing.one IS 'There is one row.';
COMMENT ON COLUMN log_signing.size IS 'Size of the newest signed head; whoever signs the next one raises it first, so that two never sign side by side.';
INSERT INTO log_signing (one, size) VALUES (1, 0);

CREATE TABLE leader (
    one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1), -- There is one row.
    instance UUID NOT NULL, -- The instance that runs the timed tasks; nil before the first.
    until_at BIGINT NOT NULL -- Until when it leads without asking again, microseconds UTC.
);
COMMENT ON COLUMN leader.one IS 'There is one row.';
COMMENT ON COLUMN leader.instance IS 'The instance that runs the timed tasks; nil before the first.';
COMMENT ON COLUMN leader.until_at IS 'Until when it leads without asking again, microseconds UTC.';
INSERT INTO leader (one, instance, until_at) VALUES (1, '00000000-0000-0000-0000-000000000000', 0);

CREATE TRIGGER log_tile_no_change BEFORE UPDATE OR DELETE ON log_tile FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER log_tile_no_truncate BEFORE TRUNCATE ON log_tile FOR EACH STATEMENT EXECUTE FUNCTION append_only();
