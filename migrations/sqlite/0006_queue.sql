-- Posts that a device delivers after their author went home: the keys lent to sessions, and what became of the items.

CREATE TABLE lent_key (
    lent_key BLOB NOT NULL PRIMARY KEY, -- Random id; the key itself is derived from it and never stored.
    session BLOB NOT NULL, -- The session that tags with it.
    person BLOB NOT NULL, -- Whose session.
    post BLOB NOT NULL, -- Under which post.
    organization BLOB NOT NULL, -- For which employer.
    device BLOB NOT NULL, -- On which device; no other may deliver what it tags.
    lent_at INTEGER NOT NULL, -- Microseconds UTC.
    until_at INTEGER NOT NULL -- What was written later than this was not written in that session, microseconds UTC.
) STRICT;
CREATE INDEX lent_key_by_session ON lent_key (session);

CREATE TABLE queued_item (
    lent_key BLOB NOT NULL, -- The lent key that tagged it.
    item BLOB NOT NULL, -- The client's own id of the item; the same again is the same item.
    person BLOB NOT NULL, -- Its author.
    outcome INTEGER NOT NULL, -- 1 posted, 2 refused.
    message BLOB NOT NULL, -- The message that it became; nil when refused.
    at INTEGER NOT NULL, -- When it arrived, microseconds UTC.
    PRIMARY KEY (lent_key, item)
) STRICT;
CREATE INDEX queued_item_by_person ON queued_item (person, at);
