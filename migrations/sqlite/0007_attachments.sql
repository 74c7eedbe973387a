-- Attachments: the files of messages, sealed in chunks, staged before the message that adopts them.

CREATE TABLE attachment (
    attachment BLOB NOT NULL PRIMARY KEY, -- Random.
    room BLOB NOT NULL, -- The room that it was brought into.
    class INTEGER NOT NULL, -- The information class that it was brought in for.
    person BLOB NOT NULL, -- Who brought it in; nobody else may adopt it.
    state INTEGER NOT NULL, -- 1 coming in, 2 complete, 3 complete but held until the virus scanner answers.
    chunks INTEGER NOT NULL, -- Chunk rows of the file; 0 while it is coming in.
    message BLOB NOT NULL, -- The message that adopted it; nil before.
    position INTEGER NOT NULL, -- Its place among the files of the message, from 1; 0 before.
    received_at INTEGER NOT NULL, -- When it came in, microseconds UTC.
    adopted_at INTEGER NOT NULL, -- Microseconds UTC; 9223372036854775807 while no message has it.
    header BLOB NOT NULL, -- Head of the sealed stream: format, key, salt.
    facts BLOB NOT NULL, -- Sealed: name, kind, size, width and height.
    thumbnail BLOB NOT NULL -- Sealed small picture; sealed empty bytes for what is no picture.
) STRICT;
CREATE INDEX attachment_by_message ON attachment (message, position) WHERE position > 0;
CREATE INDEX attachment_waiting ON attachment (person, received_at) WHERE position = 0;

CREATE TABLE attachment_chunk (
    attachment BLOB NOT NULL, -- The file.
    number INTEGER NOT NULL, -- From 0.
    content BLOB NOT NULL, -- Sealed: 262144 bytes of the file, the last chunk the rest.
    PRIMARY KEY (attachment, number)
) STRICT;
