-- Messages and what is done to them, read marks, looks, lends, drafts.

CREATE TABLE message (
    message BLOB NOT NULL PRIMARY KEY, -- Random; shown to readers.
    client BLOB NOT NULL, -- The client's own id (BLOB v7); makes a retry harmless.
    room BLOB NOT NULL, -- The room.
    sequence INTEGER NOT NULL, -- Gap-free position in the room; never shown.
    class INTEGER NOT NULL, -- The information class.
    author BLOB NOT NULL, -- The person whose words they are.
    post BLOB NOT NULL, -- The post that the author wrote under.
    person_version INTEGER NOT NULL, -- The version of the person's name then.
    organization_version INTEGER NOT NULL, -- The version of the employer's name then.
    entered_by BLOB NOT NULL, -- The person who typed them; the author unless entered on behalf.
    confirmed_by BLOB NOT NULL, -- Who confirmed them; nil while an entry on behalf waits for its author.
    confirmed_at INTEGER NOT NULL, -- Microseconds UTC; 9223372036854775807 while it waits.
    intent INTEGER NOT NULL, -- 1 notice, 2 request, 3 question, 4 handover.
    contract INTEGER NOT NULL, -- 1 to be read only, 2 a reply is wanted, 3 urgent.
    due INTEGER NOT NULL, -- By when, microseconds UTC; 9223372036854775807 without a due time.
    owner BLOB NOT NULL, -- Who is to do a request; nil otherwise.
    reply_to BLOB NOT NULL, -- The message it replies to; nil otherwise.
    reply_class INTEGER NOT NULL, -- The class of that message; 0 without one.
    answers INTEGER NOT NULL, -- 1 when the reply is the answer to a question.
    mentions INTEGER NOT NULL, -- How many people and job types it names.
    attachments INTEGER NOT NULL, -- How many files belong to it.
    written_at INTEGER NOT NULL, -- The client's time, microseconds UTC.
    received_at INTEGER NOT NULL, -- The server's time, microseconds UTC; master versions then are those shown.
    occurred_at INTEGER NOT NULL, -- When it happened, microseconds UTC; 9223372036854775807 when not said.
    waiting INTEGER NOT NULL, -- 1 while somebody still owes a reply, an answer or a request.
    state INTEGER NOT NULL, -- 0 nothing asked, 1 open, 2 accepted, 3 done, 4 declined.
    answered_by BLOB NOT NULL, -- The reply that answered the question; nil otherwise.
    version INTEGER NOT NULL, -- 1, then counts up with every correction.
    withdrawn_at INTEGER NOT NULL, -- Microseconds UTC; 9223372036854775807 while it stands.
    body BLOB NOT NULL, -- Sealed: the words of version 1, never overwritten.
    UNIQUE (room, sequence),
    UNIQUE (entered_by, client)
) STRICT;
CREATE INDEX message_by_time ON message (room, received_at, sequence);
CREATE INDEX message_waiting ON message (room, due) WHERE waiting = 1;
CREATE INDEX message_handover ON message (room, received_at) WHERE intent = 4;
CREATE INDEX message_by_reply ON message (reply_to) WHERE reply_class > 0;

CREATE TABLE message_mention (
    message BLOB NOT NULL, -- The message.
    person BLOB NOT NULL, -- A person it names; nil for a job type.
    job_type INTEGER NOT NULL, -- A job type it names; 0 for a person.
    PRIMARY KEY (message, person, job_type)
) STRICT;

CREATE TABLE correction (
    correction BLOB NOT NULL PRIMARY KEY, -- One correction of one message.
    message BLOB NOT NULL, -- The message.
    version INTEGER NOT NULL, -- From 2; old versions stay.
    person BLOB NOT NULL, -- Who corrected.
    post BLOB NOT NULL, -- Under which post.
    person_version INTEGER NOT NULL, -- The version of the person's name then.
    organization_version INTEGER NOT NULL, -- The version of the employer's name then.
    at INTEGER NOT NULL, -- Microseconds UTC.
    content BLOB NOT NULL, -- Sealed: the new words and the reason.
    UNIQUE (message, version)
) STRICT;

CREATE TABLE withdrawal (
    message BLOB NOT NULL PRIMARY KEY, -- The message; its words stay for the record.
    person BLOB NOT NULL, -- Who withdrew it.
    post BLOB NOT NULL, -- Under which post.
    person_version INTEGER NOT NULL, -- The version of the person's name then.
    organization_version INTEGER NOT NULL, -- The version of the employer's name then.
    at INTEGER NOT NULL, -- Microseconds UTC.
    reason BLOB NOT NULL -- Sealed.
) STRICT;

CREATE TABLE acknowledgement (
    message BLOB NOT NULL, -- The message.
    person BLOB NOT NULL, -- Who said that they understood.
    post BLOB NOT NULL, -- Under which post.
    person_version INTEGER NOT NULL, -- The version of the person's name then.
    organization_version INTEGER NOT NULL, -- The version of the employer's name then.
    at INTEGER NOT NULL, -- Microseconds UTC.
    PRIMARY KEY (message, person)
) STRICT;

CREATE TABLE handover (
    message BLOB NOT NULL PRIMARY KEY, -- The message; the first who takes it over has it.
    person BLOB NOT NULL, -- Who took it over.
    post BLOB NOT NULL, -- Under which post.
    person_version INTEGER NOT NULL, -- The version of the person's name then.
    organization_version INTEGER NOT NULL, -- The version of the employer's name then.
    at INTEGER NOT NULL -- Microseconds UTC.
) STRICT;

CREATE TABLE work_step (
    step BLOB NOT NULL PRIMARY KEY, -- One step of a request or question.
    message BLOB NOT NULL, -- The message.
    state INTEGER NOT NULL, -- The state that it went to.
    person BLOB NOT NULL, -- Who.
    post BLOB NOT NULL, -- Under which post.
    person_version INTEGER NOT NULL, -- The version of the person's name then.
    organization_version INTEGER NOT NULL, -- The version of the employer's name then.
    at INTEGER NOT NULL, -- Microseconds UTC.
    note BLOB NOT NULL -- Sealed words; may be empty inside.
) STRICT;
CREATE INDEX work_step_by_message ON work_step (message, at);

CREATE TABLE urgent_call (
    message BLOB NOT NULL PRIMARY KEY, -- The urgent message.
    room BLOB NOT NULL, -- Its room.
    class INTEGER NOT NULL, -- Its information class.
    first_post BLOB NOT NULL, -- Whom it rings first.
    fallback_post BLOB NOT NULL, -- Whom it rings next.
    state INTEGER NOT NULL, -- 1 rings the first, 2 rings the fallback too, 3 telephone, 4 answered, 5 telephoned.
    called_at INTEGER NOT NULL, -- Microseconds UTC.
    person BLOB NOT NULL, -- Who comes, or who telephoned; nil while nobody does.
    post BLOB NOT NULL, -- Under which post.
    person_version INTEGER NOT NULL, -- The version of the person's name then.
    organization_version INTEGER NOT NULL, -- The version of the employer's name then.
    at INTEGER NOT NULL, -- When that was settled, microseconds UTC; 9223372036854775807 while nobody comes.
    result BLOB NOT NULL -- Sealed result of the telephone call; no bytes without one.
) STRICT;
CREATE INDEX urgent_call_ringing ON urgent_call (called_at) WHERE state < 4;

CREATE TABLE urgent_answer (
    answer_row BLOB NOT NULL PRIMARY KEY, -- One answer.
    message BLOB NOT NULL, -- The urgent message.
    person BLOB NOT NULL, -- Who answered.
    post BLOB NOT NULL, -- Under which post.
    person_version INTEGER NOT NULL, -- The version of the person's name then.
    organization_version INTEGER NOT NULL, -- The version of the employer's name then.
    answer INTEGER NOT NULL, -- 1 coming, 2 unable.
    at INTEGER NOT NULL -- Microseconds UTC.
) STRICT;
CREATE INDEX urgent_answer_by_message ON urgent_answer (message, at);

CREATE TABLE receipt (
    room BLOB NOT NULL, -- The room.
    person BLOB NOT NULL, -- The reader.
    post BLOB NOT NULL, -- The post that the reader last read under.
    sequence INTEGER NOT NULL, -- The highest position that the reader was shown; never falls.
    at INTEGER NOT NULL, -- When it was reached, microseconds UTC.
    PRIMARY KEY (room, person)
) STRICT;

CREATE TABLE look (
    look BLOB NOT NULL PRIMARY KEY, -- One time that a room was open.
    room BLOB NOT NULL, -- The room.
    person BLOB NOT NULL, -- Who looked.
    session BLOB NOT NULL, -- In which session.
    device BLOB NOT NULL, -- On which device.
    opened_at INTEGER NOT NULL, -- Microseconds UTC.
    closed_at INTEGER NOT NULL, -- Microseconds UTC; 9223372036854775807 while open.
    last_sequence INTEGER NOT NULL, -- The last position shown; 0 while open.
    abandoned INTEGER NOT NULL -- 1 when a crash left it open: last_sequence is then the most that can have been shown.
) STRICT;
CREATE INDEX look_open ON look (device) WHERE closed_at = 9223372036854775807;

CREATE TABLE lend (
    lend BLOB NOT NULL PRIMARY KEY, -- One copy handed to a device for reading without network.
    room BLOB NOT NULL, -- Of which room.
    person BLOB NOT NULL, -- For whom.
    session BLOB NOT NULL, -- In which session.
    device BLOB NOT NULL, -- To which device.
    at INTEGER NOT NULL, -- Microseconds UTC.
    until_at INTEGER NOT NULL, -- Until when the device may show it, microseconds UTC.
    last_sequence INTEGER NOT NULL -- The last position in the copy.
) STRICT;
CREATE INDEX lend_by_device ON lend (device, until_at);

CREATE TABLE draft (
    room BLOB NOT NULL, -- For which room.
    person BLOB NOT NULL, -- Whose.
    draft BLOB NOT NULL, -- Changes with every saving: the address of the sealed content.
    saved_at INTEGER NOT NULL, -- Microseconds UTC.
    content BLOB NOT NULL, -- Sealed under its author.
    PRIMARY KEY (room, person)
) STRICT;

CREATE TABLE direct_pair (
    one BLOB NOT NULL, -- The person with the smaller id.
    other BLOB NOT NULL, -- The person with the greater id.
    room BLOB NOT NULL, -- Their conversation; there is one.
    PRIMARY KEY (one, other)
) STRICT;
