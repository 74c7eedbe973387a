-- Messages and what is done to them, read marks, looks, lends, drafts.

CREATE TABLE message (
    message UUID NOT NULL PRIMARY KEY, -- Random; shown to readers.
    client UUID NOT NULL, -- The client's own id (UUID v7); makes a retry harmless.
    room UUID NOT NULL, -- The room.
    sequence BIGINT NOT NULL, -- Gap-free position in the room; never shown.
    class BIGINT NOT NULL, -- The information class.
    author UUID NOT NULL, -- The person whose words they are.
    post UUID NOT NULL, -- The post that the author wrote under.
    person_version BIGINT NOT NULL, -- The version of the person's name then.
    organization_version BIGINT NOT NULL, -- The version of the employer's name then.
    entered_by UUID NOT NULL, -- The person who typed them; the author unless entered on behalf.
    confirmed_by UUID NOT NULL, -- Who confirmed them; nil while an entry on behalf waits for its author.
    confirmed_at BIGINT NOT NULL, -- Microseconds UTC; 9223372036854775807 while it waits.
    intent BIGINT NOT NULL, -- 1 notice, 2 request, 3 question, 4 handover.
    contract BIGINT NOT NULL, -- 1 to be read only, 2 a reply is wanted, 3 urgent.
    due BIGINT NOT NULL, -- By when, microseconds UTC; 9223372036854775807 without a due time.
    owner UUID NOT NULL, -- Who is to do a request; nil otherwise.
    reply_to UUID NOT NULL, -- The message it replies to; nil otherwise.
    reply_class BIGINT NOT NULL, -- The class of that message; 0 without one.
    answers BIGINT NOT NULL, -- 1 when the reply is the answer to a question.
    mentions BIGINT NOT NULL, -- How many people and job types it names.
    attachments BIGINT NOT NULL, -- How many files belong to it.
    written_at BIGINT NOT NULL, -- The client's time, microseconds UTC.
    received_at BIGINT NOT NULL, -- The server's time, microseconds UTC; master versions then are those shown.
    occurred_at BIGINT NOT NULL, -- When it happened, microseconds UTC; 9223372036854775807 when not said.
    waiting BIGINT NOT NULL, -- 1 while somebody still owes a reply, an answer or a request.
    state BIGINT NOT NULL, -- 0 nothing asked, 1 open, 2 accepted, 3 done, 4 declined.
    answered_by UUID NOT NULL, -- The reply that answered the question; nil otherwise.
    version BIGINT NOT NULL, -- 1, then counts up with every correction.
    withdrawn_at BIGINT NOT NULL, -- Microseconds UTC; 9223372036854775807 while it stands.
    body BYTEA NOT NULL, -- Sealed: the words of version 1, never overwritten.
    UNIQUE (room, sequence),
    UNIQUE (entered_by, client)
);
COMMENT ON COLUMN message.message IS 'Random; shown to readers.';
COMMENT ON COLUMN message.client IS 'The client''s own id (UUID v7); makes a retry harmless.';
COMMENT ON COLUMN message.room IS 'The room.';
COMMENT ON COLUMN message.sequence IS 'Gap-free position in the room; never shown.';
COMMENT ON COLUMN message.class IS 'The information class.';
COMMENT ON COLUMN message.author IS 'The person whose words they are.';
COMMENT ON COLUMN message.post IS 'The post that the author wrote under.';
COMMENT ON COLUMN message.person_version IS 'The version of the person''s name then.';
COMMENT ON COLUMN message.organization_version IS 'The version of the employer''s name then.';
COMMENT ON COLUMN message.entered_by IS 'The person who typed them; the author unless entered on behalf.';
COMMENT ON COLUMN message.confirmed_by IS 'Who confirmed them; nil while an entry on behalf waits for its author.';
COMMENT ON COLUMN message.confirmed_at IS 'Microseconds UTC; 9223372036854775807 while it waits.';
COMMENT ON COLUMN message.intent IS '1 notice, 2 request, 3 question, 4 handover.';
COMMENT ON COLUMN message.contract IS '1 to be read only, 2 a reply is wanted, 3 urgent.';
COMMENT ON COLUMN message.due IS 'By when, microseconds UTC; 9223372036854775807 without a due time.';
COMMENT ON COLUMN message.owner IS 'Who is to do a request; nil otherwise.';
COMMENT ON COLUMN message.reply_to IS 'The message it replies to; nil otherwise.';
COMMENT ON COLUMN message.reply_class IS 'The class of that message; 0 without one.';
COMMENT ON COLUMN message.answers IS '1 when the reply is the answer to a question.';
COMMENT ON COLUMN message.mentions IS 'How many people and job types it names.';
COMMENT ON COLUMN message.attachments IS 'How many files belong to it.';
COMMENT ON COLUMN message.written_at IS 'The client''s time, microseconds UTC.';
COMMENT ON COLUMN message.received_at IS 'The server''s time, microseconds UTC; master versions then are those shown.';
COMMENT ON COLUMN message.occurred_at IS 'When it happened, microseconds UTC; 9223372036854775807 when not said.';
COMMENT ON COLUMN message.waiting IS '1 while somebody still owes a reply, an answer or a request.';
COMMENT ON COLUMN message.state IS '0 nothing asked, 1 open, 2 accepted, 3 done, 4 declined.';
COMMENT ON COLUMN message.answered_by IS 'The reply that answered the question; nil otherwise.';
COMMENT ON COLUMN message.version IS '1, then counts up with every correction.';
COMMENT ON COLUMN message.withdrawn_at IS 'Microseconds UTC; 9223372036854775807 while it stands.';
COMMENT ON COLUMN message.body IS 'Sealed: the words of version 1, never overwritten.';
CREATE INDEX message_by_time ON message (room, received_at, sequence);
CREATE INDEX message_waiting ON message (room, due) WHERE waiting = 1;
CREATE INDEX message_handover ON message (room, received_at) WHERE intent = 4;
CREATE INDEX message_by_reply ON message (reply_to) WHERE reply_class > 0;

CREATE TABLE message_mention (
    message UUID NOT NULL, -- The message.
    person UUID NOT NULL, -- A person it names; nil for a job type.
    job_type BIGINT NOT NULL, -- A job type it names; 0 for a person.
    PRIMARY KEY (message, person, job_type)
);
COMMENT ON COLUMN message_mention.message IS 'The message.';
COMMENT ON COLUMN message_mention.person IS 'A person it names; nil for a job type.';
COMMENT ON COLUMN message_mention.job_type IS 'A job type it names; 0 for a person.';

CREATE TABLE correction (
    correction UUID NOT NULL PRIMARY KEY, -- One correction of one message.
    message UUID NOT NULL, -- The message.
    version BIGINT NOT NULL, -- From 2; old versions stay.
    person UUID NOT NULL, -- Who corrected.
    post UUID NOT NULL, -- Under which post.
    person_version BIGINT NOT NULL, -- The version of the person's name then.
    organization_version BIGINT NOT NULL, -- The version of the employer's name then.
    at BIGINT NOT NULL, -- Microseconds UTC.
    content BYTEA NOT NULL, -- Sealed: the new words and the reason.
    UNIQUE (message, version)
);
COMMENT ON COLUMN correction.correction IS 'One correction of one message.';
COMMENT ON COLUMN correction.message IS 'The message.';
COMMENT ON COLUMN correction.version IS 'From 2; old versions stay.';
COMMENT ON COLUMN correction.person IS 'Who corrected.';
COMMENT ON COLUMN correction.post IS 'Under which post.';
COMMENT ON COLUMN correction.person_version IS 'The version of the person''s name then.';
COMMENT ON COLUMN correction.organization_version IS 'The version of the employer''s name then.';
COMMENT ON COLUMN correction.at IS 'Microseconds UTC.';
COMMENT ON COLUMN correction.content IS 'Sealed: the new words and the reason.';

CREATE TABLE withdrawal (
    message UUID NOT NULL PRIMARY KEY, -- The message; its words stay for the record.
    person UUID NOT NULL, -- Who withdrew it.
    post UUID NOT NULL, -- Under which post.
    person_version BIGINT NOT NULL, -- The version of the person's name then.
    organization_version BIGINT NOT NULL, -- The version of the employer's name then.
    at BIGINT NOT NULL, -- Microseconds UTC.
    reason BYTEA NOT NULL -- Sealed.
);
COMMENT ON COLUMN withdrawal.message IS 'The message; its words stay for the record.';
COMMENT ON COLUMN withdrawal.person IS 'Who withdrew it.';
COMMENT ON COLUMN withdrawal.post IS 'Under which post.';
COMMENT ON COLUMN withdrawal.person_version IS 'The version of the person''s name then.';
COMMENT ON COLUMN withdrawal.organization_version IS 'The version of the employer''s name then.';
COMMENT ON COLUMN withdrawal.at IS 'Microseconds UTC.';
COMMENT ON COLUMN withdrawal.reason IS 'Sealed.';

CREATE TABLE acknowledgement (
    message UUID NOT NULL, -- The message.
    person UUID NOT NULL, -- Who said that they understood.
    post UUID NOT NULL, -- Under which post.
    person_version BIGINT NOT NULL, -- The version of the person's name then.
    organization_version BIGINT NOT NULL, -- The version of the employer's name then.
    at BIGINT NOT NULL, -- Microseconds UTC.
    PRIMARY KEY (message, person)
);
COMMENT ON COLUMN acknowledgement.message IS 'The message.';
COMMENT ON COLUMN acknowledgement.person IS 'Who said that they understood.';
COMMENT ON COLUMN acknowledgement.post IS 'Under which post.';
COMMENT ON COLUMN acknowledgement.person_version IS 'The version of the person''s name then.';
COMMENT ON COLUMN acknowledgement.organization_version IS 'The version of the employer''s name then.';
COMMENT ON COLUMN acknowledgement.at IS 'Microseconds UTC.';

CREATE TABLE handover (
    message UUID NOT NULL PRIMARY KEY, -- The message; the first who takes it over has it.
    person UUID NOT NULL, -- Who took it over.
    post UUID NOT NULL, -- Under which post.
    person_version BIGINT NOT NULL, -- The version of the person's name then.
    organization_version BIGINT NOT NULL, -- The version of the employer's name then.
    at BIGINT NOT NULL -- Microseconds UTC.
);
COMMENT ON COLUMN handover.message IS 'The message; the first who takes it over has it.';
COMMENT ON COLUMN handover.person IS 'Who took it over.';
COMMENT ON COLUMN handover.post IS 'Under which post.';
COMMENT ON COLUMN handover.person_version IS 'The version of the person''s name then.';
COMMENT ON COLUMN handover.organization_version IS 'The version of the employer''s name then.';
COMMENT ON COLUMN handover.at IS 'Microseconds UTC.';

CREATE TABLE work_step (
    step UUID NOT NULL PRIMARY KEY, -- One step of a request or question.
    message UUID NOT NULL, -- The message.
    state BIGINT NOT NULL, -- The state that it went to.
    person UUID NOT NULL, -- Who.
    post UUID NOT NULL, -- Under which post.
    person_version BIGINT NOT NULL, -- The version of the person's name then.
    organization_version BIGINT NOT NULL, -- The version of the employer's name then.
    at BIGINT NOT NULL, -- Microseconds UTC.
    note BYTEA NOT NULL -- Sealed words; may be empty inside.
);
COMMENT ON COLUMN work_step.step IS 'One step of a request or question.';
COMMENT ON COLUMN work_step.message IS 'The message.';
COMMENT ON COLUMN work_step.state IS 'The state that it went to.';
COMMENT ON COLUMN work_step.person IS 'Who.';
COMMENT ON COLUMN work_step.post IS 'Under which post.';
COMMENT ON COLUMN work_step.person_version IS 'The version of the person''s name then.';
COMMENT ON COLUMN work_step.organization_version IS 'The version of the employer''s name then.';
COMMENT ON COLUMN work_step.at IS 'Microseconds UTC.';
COMMENT ON COLUMN work_step.note IS 'Sealed words; may be empty inside.';
CREATE INDEX work_step_by_message ON work_step (message, at);

CREATE TABLE urgent_call (
    message UUID NOT NULL PRIMARY KEY, -- The urgent message.
    room UUID NOT NULL, -- Its room.
    class BIGINT NOT NULL, -- Its information class.
    first_post UUID NOT NULL, -- Whom it rings first.
    fallback_post UUID NOT NULL, -- Whom it rings next.
    state BIGINT NOT NULL, -- 1 rings the first, 2 rings the fallback too, 3 telephone, 4 answered, 5 telephoned.
    called_at BIGINT NOT NULL, -- Microseconds UTC.
    person UUID NOT NULL, -- Who comes, or who telephoned; nil while nobody does.
    post UUID NOT NULL, -- Under which post.
    person_version BIGINT NOT NULL, -- The version of the person's name then.
    organization_version BIGINT NOT NULL, -- The version of the employer's name then.
    at BIGINT NOT NULL, -- When that was settled, microseconds UTC; 9223372036854775807 while nobody comes.
    result BYTEA NOT NULL -- Sealed result of the telephone call; no bytes without one.
);
COMMENT ON COLUMN urgent_call.message IS 'The urgent message.';
COMMENT ON COLUMN urgent_call.room IS 'Its room.';
COMMENT ON COLUMN urgent_call.class IS 'Its information class.';
COMMENT ON COLUMN urgent_call.first_post IS 'Whom it rings first.';
COMMENT ON COLUMN urgent_call.fallback_post IS 'Whom it rings next.';
COMMENT ON COLUMN urgent_call.state IS '1 rings the first, 2 rings the fallback too, 3 telephone, 4 answered, 5 telephoned.';
COMMENT ON COLUMN urgent_call.called_at IS 'Microseconds UTC.';
COMMENT ON COLUMN urgent_call.person IS 'Who comes, or who telephoned; nil while nobody does.';
COMMENT ON COLUMN urgent_call.post IS 'Under which post.';
COMMENT ON COLUMN urgent_call.person_version IS 'The version of the person''s name then.';
COMMENT ON COLUMN urgent_call.organization_version IS 'The version of the employer''s name then.';
COMMENT ON COLUMN urgent_call.at IS 'When that was settled, microseconds UTC; 9223372036854775807 while nobody comes.';
COMMENT ON COLUMN urgent_call.result IS 'Sealed result of the telephone call; no bytes without one.';
CREATE INDEX urgent_call_ringing ON urgent_call (called_at) WHERE state < 4;

CREATE TABLE urgent_answer (
    answer_row UUID NOT NULL PRIMARY KEY, -- One answer.
    message UUID NOT NULL, -- The urgent message.
    person UUID NOT NULL, -- Who answered.
    post UUID NOT NULL, -- Under which post.
    person_version BIGINT NOT NULL, -- The version of the person's name then.
    organization_version BIGINT NOT NULL, -- The version of the employer's name then.
    answer BIGINT NOT NULL, -- 1 coming, 2 unable.
    at BIGINT NOT NULL -- Microseconds UTC.
);
COMMENT ON COLUMN urgent_answer.answer_row IS 'One answer.';
COMMENT ON COLUMN urgent_answer.message IS 'The urgent message.';
COMMENT ON COLUMN urgent_answer.person IS 'Who answered.';
COMMENT ON COLUMN urgent_answer.post IS 'Under which post.';
COMMENT ON COLUMN urgent_answer.person_version IS 'The version of the person''s name then.';
COMMENT ON COLUMN urgent_answer.organization_version IS 'The version of the employer''s name then.';
COMMENT ON COLUMN urgent_answer.answer IS '1 coming, 2 unable.';
COMMENT ON COLUMN urgent_answer.at IS 'Microseconds UTC.';
CREATE INDEX urgent_answer_by_message ON urgent_answer (message, at);

CREATE TABLE receipt (
    room UUID NOT NULL, -- The room.
    person UUID NOT NULL, -- The reader.
    post UUID NOT NULL, -- The post that the reader last read under.
    sequence BIGINT NOT NULL, -- The highest position that the reader was shown; never falls.
    at BIGINT NOT NULL, -- When it was reached, microseconds UTC.
    PRIMARY KEY (room, person)
);
COMMENT ON COLUMN receipt.room IS 'The room.';
COMMENT ON COLUMN receipt.person IS 'The reader.';
COMMENT ON COLUMN receipt.post IS 'The post that the reader last read under.';
COMMENT ON COLUMN receipt.sequence IS 'The highest position that the reader was shown; never falls.';
COMMENT ON COLUMN receipt.at IS 'When it was reached, microseconds UTC.';

CREATE TABLE look (
    look UUID NOT NULL PRIMARY KEY, -- One time that a room was open.
    room UUID NOT NULL, -- The room.
    person UUID NOT NULL, -- Who looked.
    session UUID NOT NULL, -- In which session.
    device UUID NOT NULL, -- On which device.
    opened_at BIGINT NOT NULL, -- Microseconds UTC.
    closed_at BIGINT NOT NULL, -- Microseconds UTC; 9223372036854775807 while open.
    last_sequence BIGINT NOT NULL, -- The last position shown; 0 while open.
    abandoned BIGINT NOT NULL -- 1 when a crash left it open: last_sequence is then the most that can have been shown.
);
COMMENT ON COLUMN look.look IS 'One time that a room was open.';
COMMENT ON COLUMN look.room IS 'The room.';
COMMENT ON COLUMN look.person IS 'Who looked.';
COMMENT ON COLUMN look.session IS 'In which session.';
COMMENT ON COLUMN look.device IS 'On which device.';
COMMENT ON COLUMN look.opened_at IS 'Microseconds UTC.';
COMMENT ON COLUMN look.closed_at IS 'Microseconds UTC; 9223372036854775807 while open.';
COMMENT ON COLUMN look.last_sequence IS 'The last position shown; 0 while open.';
COMMENT ON COLUMN look.abandoned IS '1 when a crash left it open: last_sequence is then the most that can have been shown.';
CREATE INDEX look_open ON look (device) WHERE closed_at = 9223372036854775807;

CREATE TABLE lend (
    lend UUID NOT NULL PRIMARY KEY, -- One copy handed to a device for reading without network.
    room UUID NOT NULL, -- Of which room.
    person UUID NOT NULL, -- For whom.
    session UUID NOT NULL, -- In which session.
    device UUID NOT NULL, -- To which device.
    at BIGINT NOT NULL, -- Microseconds UTC.
    until_at BIGINT NOT NULL, -- Until when the device may show it, microseconds UTC.
    last_sequence BIGINT NOT NULL -- The last position in the copy.
);
COMMENT ON COLUMN lend.lend IS 'One copy handed to a device for reading without network.';
COMMENT ON COLUMN lend.room IS 'Of which room.';
COMMENT ON COLUMN lend.person IS 'For whom.';
COMMENT ON COLUMN lend.session IS 'In which session.';
COMMENT ON COLUMN lend.device IS 'To which device.';
COMMENT ON COLUMN lend.at IS 'Microseconds UTC.';
COMMENT ON COLUMN lend.until_at IS 'Until when the device may show it, microseconds UTC.';
COMMENT ON COLUMN lend.last_sequence IS 'The last position in the copy.';
CREATE INDEX lend_by_device ON lend (device, until_at);

CREATE TABLE draft (
    room UUID NOT NULL, -- For which room.
    person UUID NOT NULL, -- Whose.
    draft UUID NOT NULL, -- Changes with every saving: the address of the sealed content.
    saved_at BIGINT NOT NULL, -- Microseconds UTC.
    content BYTEA NOT NULL, -- Sealed under its author.
    PRIMARY KEY (room, person)
);
COMMENT ON COLUMN draft.room IS 'For which room.';
COMMENT ON COLUMN draft.person IS 'Whose.';
COMMENT ON COLUMN draft.draft IS 'Changes with every saving: the address of the sealed content.';
COMMENT ON COLUMN draft.saved_at IS 'Microseconds UTC.';
COMMENT ON COLUMN draft.content IS 'Sealed under its author.';

CREATE TABLE direct_pair (
    one UUID NOT NULL, -- The person with the smaller id.
    other UUID NOT NULL, -- The person with the greater id.
    room UUID NOT NULL, -- Their conversation; there is one.
    PRIMARY KEY (one, other)
);
COMMENT ON COLUMN direct_pair.one IS 'The person with the smaller id.';
COMMENT ON COLUMN direct_pair.other IS 'The person with the greater id.';
COMMENT ON COLUMN direct_pair.room IS 'Their conversation; there is one.';
