-- Posts that a device delivers after their author went home: the keys lent to sessions, and what became of the items.

CREATE TABLE lent_key (
    lent_key UUID NOT NULL PRIMARY KEY, -- Random id; the key itself is derived from it and never stored.
    session UUID NOT NULL, -- The session that tags with it.
    person UUID NOT NULL, -- Whose session.
    post UUID NOT NULL, -- Under which post.
    organization UUID NOT NULL, -- For which employer.
    device UUID NOT NULL, -- On which device; no other may deliver what it tags.
    lent_at BIGINT NOT NULL, -- Microseconds UTC.
    until_at BIGINT NOT NULL -- What was written later than this was not written in that session, microseconds UTC.
);
COMMENT ON COLUMN lent_key.lent_key IS 'Random id; the key itself is derived from it and never stored.';
COMMENT ON COLUMN lent_key.session IS 'The session that tags with it.';
COMMENT ON COLUMN lent_key.person IS 'Whose session.';
COMMENT ON COLUMN lent_key.post IS 'Under which post.';
COMMENT ON COLUMN lent_key.organization IS 'For which employer.';
COMMENT ON COLUMN lent_key.device IS 'On which device; no other may deliver what it tags.';
COMMENT ON COLUMN lent_key.lent_at IS 'Microseconds UTC.';
COMMENT ON COLUMN lent_key.until_at IS 'What was written later than this was not written in that session, microseconds UTC.';
CREATE INDEX lent_key_by_session ON lent_key (session);

CREATE TABLE queued_item (
    lent_key UUID NOT NULL, -- The lent key that tagged it.
    item UUID NOT NULL, -- The client's own id of the item; the same again is the same item.
    person UUID NOT NULL, -- Its author.
    outcome BIGINT NOT NULL, -- 1 posted, 2 refused.
    message UUID NOT NULL, -- The message that it became; nil when refused.
    at BIGINT NOT NULL, -- When it arrived, microseconds UTC.
    PRIMARY KEY (lent_key, item)
);
COMMENT ON COLUMN queued_item.lent_key IS 'The lent key that tagged it.';
COMMENT ON COLUMN queued_item.item IS 'The client''s own id of the item; the same again is the same item.';
COMMENT ON COLUMN queued_item.person IS 'Its author.';
COMMENT ON COLUMN queued_item.outcome IS '1 posted, 2 refused.';
COMMENT ON COLUMN queued_item.message IS 'The message that it became; nil when refused.';
COMMENT ON COLUMN queued_item.at IS 'When it arrived, microseconds UTC.';
CREATE INDEX queued_item_by_person ON queued_item (person, at);
