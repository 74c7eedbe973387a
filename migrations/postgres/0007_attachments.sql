-- Attachments: the files of messages, sealed in chunks, staged before the message that adopts them.

CREATE TABLE attachment (
    attachment UUID NOT NULL PRIMARY KEY, -- Random.
    room UUID NOT NULL, -- The room that it was brought into.
    class BIGINT NOT NULL, -- The information class that it was brought in for.
    person UUID NOT NULL, -- Who brought it in; nobody else may adopt it.
    state BIGINT NOT NULL, -- 1 coming in, 2 complete, 3 complete but held until the virus scanner answers.
    chunks BIGINT NOT NULL, -- Chunk rows of the file; 0 while it is coming in.
    message UUID NOT NULL, -- The message that adopted it; nil before.
    position BIGINT NOT NULL, -- Its place among the files of the message, from 1; 0 before.
    received_at BIGINT NOT NULL, -- When it came in, microseconds UTC.
    adopted_at BIGINT NOT NULL, -- Microseconds UTC; 9223372036854775807 while no message has it.
    header BYTEA NOT NULL, -- Head of the sealed stream: format, key, salt.
    facts BYTEA NOT NULL, -- Sealed: name, kind, size, width and height.
    thumbnail BYTEA NOT NULL -- Sealed small picture; sealed empty bytes for what is no picture.
);
COMMENT ON COLUMN attachment.attachment IS 'Random.';
COMMENT ON COLUMN attachment.room IS 'The room that it was brought into.';
COMMENT ON COLUMN attachment.class IS 'The information class that it was brought in for.';
COMMENT ON COLUMN attachment.person IS 'Who brought it in; nobody else may adopt it.';
COMMENT ON COLUMN attachment.state IS '1 coming in, 2 complete, 3 complete but held until the virus scanner answers.';
COMMENT ON COLUMN attachment.chunks IS 'Chunk rows of the file; 0 while it is coming in.';
COMMENT ON COLUMN attachment.message IS 'The message that adopted it; nil before.';
COMMENT ON COLUMN attachment.position IS 'Its place among the files of the message, from 1; 0 before.';
COMMENT ON COLUMN attachment.received_at IS 'When it came in, microseconds UTC.';
COMMENT ON COLUMN attachment.adopted_at IS 'Microseconds UTC; 9223372036854775807 while no message has it.';
COMMENT ON COLUMN attachment.header IS 'Head of the sealed stream: format, key, salt.';
COMMENT ON COLUMN attachment.facts IS 'Sealed: name, kind, size, width and height.';
COMMENT ON COLUMN attachment.thumbnail IS 'Sealed small picture; sealed empty bytes for what is no picture.';
CREATE INDEX attachment_by_message ON attachment (message, position) WHERE position > 0;
CREATE INDEX attachment_waiting ON attachment (person, received_at) WHERE position = 0;

CREATE TABLE attachment_chunk (
    attachment UUID NOT NULL, -- The file.
    number BIGINT NOT NULL, -- From 0.
    content BYTEA NOT NULL, -- Sealed: 262144 bytes of the file, the last chunk the rest.
    PRIMARY KEY (attachment, number)
);
COMMENT ON COLUMN attachment_chunk.attachment IS 'The file.';
COMMENT ON COLUMN attachment_chunk.number IS 'From 0.';
COMMENT ON COLUMN attachment_chunk.content IS 'Sealed: 262144 bytes of the file, the last chunk the rest.';
