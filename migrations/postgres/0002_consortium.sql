-- The consortium: organizations, places, people, posts, roles, patients, consents, care teams, rights, devices, rooms.

CREATE TABLE organization (
    organization UUID NOT NULL PRIMARY KEY, -- The employer.
    kind BIGINT NOT NULL, -- What it is.
    version BIGINT NOT NULL, -- The current version of its facts.
    from_at BIGINT NOT NULL, -- Start, microseconds UTC.
    until_at BIGINT NOT NULL -- End, microseconds UTC; 9223372036854775807 when open.
);
COMMENT ON COLUMN organization.organization IS 'The employer.';
COMMENT ON COLUMN organization.kind IS 'What it is.';
COMMENT ON COLUMN organization.version IS 'The current version of its facts.';
COMMENT ON COLUMN organization.from_at IS 'Start, microseconds UTC.';
COMMENT ON COLUMN organization.until_at IS 'End, microseconds UTC; 9223372036854775807 when open.';

CREATE TABLE organization_version (
    organization UUID NOT NULL, -- The employer.
    version BIGINT NOT NULL, -- Counts up with every change; old versions stay.
    facts BYTEA NOT NULL, -- Sealed: name, romaji, telephone.
    at BIGINT NOT NULL, -- When this version began, microseconds UTC.
    PRIMARY KEY (organization, version)
);
COMMENT ON COLUMN organization_version.organization IS 'The employer.';
COMMENT ON COLUMN organization_version.version IS 'Counts up with every change; old versions stay.';
COMMENT ON COLUMN organization_version.facts IS 'Sealed: name, romaji, telephone.';
COMMENT ON COLUMN organization_version.at IS 'When this version began, microseconds UTC.';

CREATE TABLE place (
    place UUID NOT NULL PRIMARY KEY, -- The place.
    organization UUID NOT NULL, -- Whose.
    parent UUID NOT NULL, -- What it lies in; nil at the top.
    kind BIGINT NOT NULL, -- What it is.
    position BIGINT NOT NULL, -- Order in the round, among its siblings.
    version BIGINT NOT NULL, -- The current version of its name.
    from_at BIGINT NOT NULL, -- Start, microseconds UTC.
    until_at BIGINT NOT NULL -- End, microseconds UTC.
);
COMMENT ON COLUMN place.place IS 'The place.';
COMMENT ON COLUMN place.organization IS 'Whose.';
COMMENT ON COLUMN place.parent IS 'What it lies in; nil at the top.';
COMMENT ON COLUMN place.kind IS 'What it is.';
COMMENT ON COLUMN place.position IS 'Order in the round, among its siblings.';
COMMENT ON COLUMN place.version IS 'The current version of its name.';
COMMENT ON COLUMN place.from_at IS 'Start, microseconds UTC.';
COMMENT ON COLUMN place.until_at IS 'End, microseconds UTC.';

CREATE TABLE place_version (
    place UUID NOT NULL, -- The place.
    version BIGINT NOT NULL, -- Counts up with every change of the name; old versions stay.
    facts BYTEA NOT NULL, -- Sealed: name.
    at BIGINT NOT NULL, -- When this version began, microseconds UTC.
    PRIMARY KEY (place, version)
);
COMMENT ON COLUMN place_version.place IS 'The place.';
COMMENT ON COLUMN place_version.version IS 'Counts up with every change of the name; old versions stay.';
COMMENT ON COLUMN place_version.facts IS 'Sealed: name.';
COMMENT ON COLUMN place_version.at IS 'When this version began, microseconds UTC.';

CREATE TABLE person (
    person UUID NOT NULL PRIMARY KEY, -- Random; the pseudonym in the log.
    organization UUID NOT NULL, -- The employer that registered the person.
    login_index BYTEA NOT NULL UNIQUE, -- Blind index of the normalised login name.
    version BIGINT NOT NULL, -- The current version of the person's facts.
    from_at BIGINT NOT NULL, -- Start, microseconds UTC.
    until_at BIGINT NOT NULL -- When disabled, microseconds UTC.
);
COMMENT ON COLUMN person.person IS 'Random; the pseudonym in the log.';
COMMENT ON COLUMN person.organization IS 'The employer that registered the person.';
COMMENT ON COLUMN person.login_index IS 'Blind index of the normalised login name.';
COMMENT ON COLUMN person.version IS 'The current version of the person''s facts.';
COMMENT ON COLUMN person.from_at IS 'Start, microseconds UTC.';
COMMENT ON COLUMN person.until_at IS 'When disabled, microseconds UTC.';

CREATE TABLE person_version (
    person UUID NOT NULL, -- The person.
    version BIGINT NOT NULL, -- Counts up with every change; old versions stay.
    facts BYTEA NOT NULL, -- Sealed: name, reading, login, romaji.
    at BIGINT NOT NULL, -- When this version began, microseconds UTC.
    PRIMARY KEY (person, version)
);
COMMENT ON COLUMN person_version.person IS 'The person.';
COMMENT ON COLUMN person_version.version IS 'Counts up with every change; old versions stay.';
COMMENT ON COLUMN person_version.facts IS 'Sealed: name, reading, login, romaji.';
COMMENT ON COLUMN person_version.at IS 'When this version began, microseconds UTC.';

CREATE TABLE post (
    post UUID NOT NULL PRIMARY KEY, -- A job type at an organization.
    person UUID NOT NULL, -- Whose.
    organization UUID NOT NULL, -- At which employer.
    place UUID NOT NULL, -- At which place; nil for the whole organization.
    job_type BIGINT NOT NULL, -- As what.
    suspended BIGINT NOT NULL, -- 1 while a reset elsewhere waits for re-confirmation.
    from_at BIGINT NOT NULL, -- Start, microseconds UTC.
    until_at BIGINT NOT NULL -- End, microseconds UTC.
);
COMMENT ON COLUMN post.post IS 'A job type at an organization.';
COMMENT ON COLUMN post.person IS 'Whose.';
COMMENT ON COLUMN post.organization IS 'At which employer.';
COMMENT ON COLUMN post.place IS 'At which place; nil for the whole organization.';
COMMENT ON COLUMN post.job_type IS 'As what.';
COMMENT ON COLUMN post.suspended IS '1 while a reset elsewhere waits for re-confirmation.';
COMMENT ON COLUMN post.from_at IS 'Start, microseconds UTC.';
COMMENT ON COLUMN post.until_at IS 'End, microseconds UTC.';
CREATE INDEX post_by_person ON post (person);

CREATE TABLE role (
    held UUID NOT NULL PRIMARY KEY, -- One giving of a role.
    person UUID NOT NULL, -- To whom.
    role BIGINT NOT NULL, -- Which.
    organization UUID NOT NULL, -- For which organization; nil for the consortium.
    from_at BIGINT NOT NULL, -- Start, microseconds UTC.
    until_at BIGINT NOT NULL -- End, microseconds UTC.
);
COMMENT ON COLUMN role.held IS 'One giving of a role.';
COMMENT ON COLUMN role.person IS 'To whom.';
COMMENT ON COLUMN role.role IS 'Which.';
COMMENT ON COLUMN role.organization IS 'For which organization; nil for the consortium.';
COMMENT ON COLUMN role.from_at IS 'Start, microseconds UTC.';
COMMENT ON COLUMN role.until_at IS 'End, microseconds UTC.';

CREATE TABLE patient (
    patient UUID NOT NULL PRIMARY KEY, -- Random; the pseudonym in the log.
    organization UUID NOT NULL, -- The responsible organization.
    place UUID NOT NULL, -- Where the patient lives; nil when unknown.
    state BIGINT NOT NULL, -- 1 in care, 2 discharged, 3 deceased.
    room UUID NOT NULL, -- The patient's room.
    linked UUID NOT NULL, -- The other row of the same human; nil without one.
    version BIGINT NOT NULL, -- The current version of the patient's facts.
    from_at BIGINT NOT NULL -- Registration, microseconds UTC.
);
COMMENT ON COLUMN patient.patient IS 'Random; the pseudonym in the log.';
COMMENT ON COLUMN patient.organization IS 'The responsible organization.';
COMMENT ON COLUMN patient.place IS 'Where the patient lives; nil when unknown.';
COMMENT ON COLUMN patient.state IS '1 in care, 2 discharged, 3 deceased.';
COMMENT ON COLUMN patient.room IS 'The patient''s room.';
COMMENT ON COLUMN patient.linked IS 'The other row of the same human; nil without one.';
COMMENT ON COLUMN patient.version IS 'The current version of the patient''s facts.';
COMMENT ON COLUMN patient.from_at IS 'Registration, microseconds UTC.';

CREATE TABLE patient_version (
    patient UUID NOT NULL, -- The patient.
    version BIGINT NOT NULL, -- Counts up with every change; old versions stay.
    facts BYTEA NOT NULL, -- Sealed: name, reading, sex, birth date, room number, allergies, care level, DNAR.
    at BIGINT NOT NULL, -- When this version began, microseconds UTC.
    PRIMARY KEY (patient, version)
);
COMMENT ON COLUMN patient_version.patient IS 'The patient.';
COMMENT ON COLUMN patient_version.version IS 'Counts up with every change; old versions stay.';
COMMENT ON COLUMN patient_version.facts IS 'Sealed: name, reading, sex, birth date, room number, allergies, care level, DNAR.';
COMMENT ON COLUMN patient_version.at IS 'When this version began, microseconds UTC.';

CREATE TABLE patient_organization (
    patient UUID NOT NULL, -- The patient.
    organization UUID NOT NULL, -- The responsible organization of that time.
    from_at BIGINT NOT NULL, -- Start, microseconds UTC.
    until_at BIGINT NOT NULL, -- End, microseconds UTC.
    PRIMARY KEY (patient, from_at)
);
COMMENT ON COLUMN patient_organization.patient IS 'The patient.';
COMMENT ON COLUMN patient_organization.organization IS 'The responsible organization of that time.';
COMMENT ON COLUMN patient_organization.from_at IS 'Start, microseconds UTC.';
COMMENT ON COLUMN patient_organization.until_at IS 'End, microseconds UTC.';

CREATE TABLE patient_identifier (
    patient UUID NOT NULL, -- The patient.
    organization UUID NOT NULL, -- Who assigned the number (FHIR assigner).
    value_index BYTEA NOT NULL, -- Blind index of the number.
    value BYTEA NOT NULL, -- Sealed number.
    PRIMARY KEY (patient, organization)
);
COMMENT ON COLUMN patient_identifier.patient IS 'The patient.';
COMMENT ON COLUMN patient_identifier.organization IS 'Who assigned the number (FHIR assigner).';
COMMENT ON COLUMN patient_identifier.value_index IS 'Blind index of the number.';
COMMENT ON COLUMN patient_identifier.value IS 'Sealed number.';
CREATE UNIQUE INDEX patient_identifier_by_value ON patient_identifier (organization, value_index);

CREATE TABLE consent (
    consent UUID NOT NULL PRIMARY KEY, -- The consent.
    patient UUID NOT NULL, -- Whose.
    giver BIGINT NOT NULL, -- 1 the patient, 2 family, 3 guardian.
    classes BIGINT NOT NULL, -- Bit n is information class n.
    facts BYTEA NOT NULL, -- Sealed: how it was given, note.
    from_at BIGINT NOT NULL, -- Start, microseconds UTC.
    until_at BIGINT NOT NULL -- End or withdrawal, microseconds UTC.
);
COMMENT ON COLUMN consent.consent IS 'The consent.';
COMMENT ON COLUMN consent.patient IS 'Whose.';
COMMENT ON COLUMN consent.giver IS '1 the patient, 2 family, 3 guardian.';
COMMENT ON COLUMN consent.classes IS 'Bit n is information class n.';
COMMENT ON COLUMN consent.facts IS 'Sealed: how it was given, note.';
COMMENT ON COLUMN consent.from_at IS 'Start, microseconds UTC.';
COMMENT ON COLUMN consent.until_at IS 'End or withdrawal, microseconds UTC.';
CREATE INDEX consent_by_patient ON consent (patient);

CREATE TABLE membership (
    membership UUID NOT NULL PRIMARY KEY, -- A stay in a care team.
    patient UUID NOT NULL, -- Whose team.
    consent UUID NOT NULL, -- On which consent.
    post UUID NOT NULL, -- The post; nil for staff.
    organization UUID NOT NULL, -- The employer of the staff; nil for a post.
    place UUID NOT NULL, -- The staff's place; nil for the whole organization.
    job_types BIGINT NOT NULL, -- Bit n is job type n; 0 for a post.
    proposer UUID NOT NULL, -- The person who proposed it; nil for the console.
    confirmer UUID NOT NULL, -- The person who confirmed it; nil while it waits.
    confirmed_at BIGINT NOT NULL, -- Microseconds UTC; 9223372036854775807 while it waits.
    from_at BIGINT NOT NULL, -- Start, microseconds UTC.
    until_at BIGINT NOT NULL -- End, microseconds UTC.
);
COMMENT ON COLUMN membership.membership IS 'A stay in a care team.';
COMMENT ON COLUMN membership.patient IS 'Whose team.';
COMMENT ON COLUMN membership.consent IS 'On which consent.';
COMMENT ON COLUMN membership.post IS 'The post; nil for staff.';
COMMENT ON COLUMN membership.organization IS 'The employer of the staff; nil for a post.';
COMMENT ON COLUMN membership.place IS 'The staff''s place; nil for the whole organization.';
COMMENT ON COLUMN membership.job_types IS 'Bit n is job type n; 0 for a post.';
COMMENT ON COLUMN membership.proposer IS 'The person who proposed it; nil for the console.';
COMMENT ON COLUMN membership.confirmer IS 'The person who confirmed it; nil while it waits.';
COMMENT ON COLUMN membership.confirmed_at IS 'Microseconds UTC; 9223372036854775807 while it waits.';
COMMENT ON COLUMN membership.from_at IS 'Start, microseconds UTC.';
COMMENT ON COLUMN membership.until_at IS 'End, microseconds UTC.';
CREATE INDEX membership_by_patient ON membership (patient);

CREATE TABLE job_type (
    job_type BIGINT NOT NULL PRIMARY KEY, -- Number, 1 to 63.
    japanese TEXT NOT NULL, -- The word on Japanese screens.
    english TEXT NOT NULL -- The word on English screens.
);
COMMENT ON COLUMN job_type.job_type IS 'Number, 1 to 63.';
COMMENT ON COLUMN job_type.japanese IS 'The word on Japanese screens.';
COMMENT ON COLUMN job_type.english IS 'The word on English screens.';

CREATE TABLE info_class (
    info_class BIGINT NOT NULL PRIMARY KEY, -- Number, 1 to 63.
    japanese TEXT NOT NULL, -- The word on Japanese screens.
    english TEXT NOT NULL -- The word on English screens.
);
COMMENT ON COLUMN info_class.info_class IS 'Number, 1 to 63.';
COMMENT ON COLUMN info_class.japanese IS 'The word on Japanese screens.';
COMMENT ON COLUMN info_class.english IS 'The word on English screens.';

CREATE TABLE matrix_cell (
    organization UUID NOT NULL, -- Nil for the consortium; otherwise that organization's narrowing.
    version BIGINT NOT NULL, -- Counts up with every change; the highest counts, old versions stay.
    job_type BIGINT NOT NULL, -- The job type.
    info_class BIGINT NOT NULL, -- The information class.
    may_read BIGINT NOT NULL, -- 1 when it may be read.
    may_write BIGINT NOT NULL, -- 1 when it may be written.
    at BIGINT NOT NULL, -- When this version began, microseconds UTC.
    PRIMARY KEY (organization, version, job_type, info_class)
);
COMMENT ON COLUMN matrix_cell.organization IS 'Nil for the consortium; otherwise that organization''s narrowing.';
COMMENT ON COLUMN matrix_cell.version IS 'Counts up with every change; the highest counts, old versions stay.';
COMMENT ON COLUMN matrix_cell.job_type IS 'The job type.';
COMMENT ON COLUMN matrix_cell.info_class IS 'The information class.';
COMMENT ON COLUMN matrix_cell.may_read IS '1 when it may be read.';
COMMENT ON COLUMN matrix_cell.may_write IS '1 when it may be written.';
COMMENT ON COLUMN matrix_cell.at IS 'When this version began, microseconds UTC.';

CREATE TABLE device (
    device UUID NOT NULL PRIMARY KEY, -- The register row; a session binds to it.
    organization UUID NOT NULL, -- The owner.
    place UUID NOT NULL, -- Where it stands; nil when it moves.
    kind BIGINT NOT NULL, -- 1 shared, 2 personal, 3 desktop.
    label BYTEA NOT NULL, -- Sealed: what its sticker says.
    from_at BIGINT NOT NULL, -- Registration, microseconds UTC.
    until_at BIGINT NOT NULL -- Revocation, microseconds UTC.
);
COMMENT ON COLUMN device.device IS 'The register row; a session binds to it.';
COMMENT ON COLUMN device.organization IS 'The owner.';
COMMENT ON COLUMN device.place IS 'Where it stands; nil when it moves.';
COMMENT ON COLUMN device.kind IS '1 shared, 2 personal, 3 desktop.';
COMMENT ON COLUMN device.label IS 'Sealed: what its sticker says.';
COMMENT ON COLUMN device.from_at IS 'Registration, microseconds UTC.';
COMMENT ON COLUMN device.until_at IS 'Revocation, microseconds UTC.';

CREATE TABLE device_key (
    key_digest BYTEA NOT NULL PRIMARY KEY, -- SHA-256 of the certificate's SubjectPublicKeyInfo.
    device UUID NOT NULL, -- The register row.
    serial TEXT NOT NULL, -- The certificate's serial number, hexadecimal.
    issued_at BIGINT NOT NULL, -- Microseconds UTC.
    not_after BIGINT NOT NULL, -- End of the certificate, microseconds UTC.
    superseded_until BIGINT NOT NULL, -- After a renewal: until when the old key counts; 9223372036854775807 before.
    revoked_at BIGINT NOT NULL -- Microseconds UTC; 9223372036854775807 while it counts.
);
COMMENT ON COLUMN device_key.key_digest IS 'SHA-256 of the certificate''s SubjectPublicKeyInfo.';
COMMENT ON COLUMN device_key.device IS 'The register row.';
COMMENT ON COLUMN device_key.serial IS 'The certificate''s serial number, hexadecimal.';
COMMENT ON COLUMN device_key.issued_at IS 'Microseconds UTC.';
COMMENT ON COLUMN device_key.not_after IS 'End of the certificate, microseconds UTC.';
COMMENT ON COLUMN device_key.superseded_until IS 'After a renewal: until when the old key counts; 9223372036854775807 before.';
COMMENT ON COLUMN device_key.revoked_at IS 'Microseconds UTC; 9223372036854775807 while it counts.';
CREATE INDEX device_key_by_device ON device_key (device);

CREATE TABLE device_code (
    device UUID NOT NULL PRIMARY KEY, -- The device that may fetch its certificate.
    digest BYTEA NOT NULL UNIQUE, -- Digest of the one-time code.
    handle BYTEA NOT NULL, -- Blind index of the code's first group, so that wrong tries count against it.
    failures BIGINT NOT NULL, -- Wrong tries; five close the code.
    issued_at BIGINT NOT NULL, -- Microseconds UTC.
    expires_at BIGINT NOT NULL, -- Microseconds UTC.
    used_at BIGINT NOT NULL -- Microseconds UTC; 9223372036854775807 while unused.
);
COMMENT ON COLUMN device_code.device IS 'The device that may fetch its certificate.';
COMMENT ON COLUMN device_code.digest IS 'Digest of the one-time code.';
COMMENT ON COLUMN device_code.handle IS 'Blind index of the code''s first group, so that wrong tries count against it.';
COMMENT ON COLUMN device_code.failures IS 'Wrong tries; five close the code.';
COMMENT ON COLUMN device_code.issued_at IS 'Microseconds UTC.';
COMMENT ON COLUMN device_code.expires_at IS 'Microseconds UTC.';
COMMENT ON COLUMN device_code.used_at IS 'Microseconds UTC; 9223372036854775807 while unused.';

CREATE TABLE room (
    room UUID NOT NULL PRIMARY KEY, -- The room.
    kind BIGINT NOT NULL, -- 1 patient, 2 group, 3 direct.
    patient UUID NOT NULL, -- The patient of a patient room; nil otherwise.
    organization UUID NOT NULL, -- The organization that made it or is responsible.
    owner UUID NOT NULL, -- Whoever may change a group's members; nil without one.
    title BYTEA NOT NULL, -- Sealed title of a group room; sealed empty text otherwise.
    created_at BIGINT NOT NULL, -- Microseconds UTC.
    closed_at BIGINT NOT NULL -- Microseconds UTC; 9223372036854775807 while open.
);
COMMENT ON COLUMN room.room IS 'The room.';
COMMENT ON COLUMN room.kind IS '1 patient, 2 group, 3 direct.';
COMMENT ON COLUMN room.patient IS 'The patient of a patient room; nil otherwise.';
COMMENT ON COLUMN room.organization IS 'The organization that made it or is responsible.';
COMMENT ON COLUMN room.owner IS 'Whoever may change a group''s members; nil without one.';
COMMENT ON COLUMN room.title IS 'Sealed title of a group room; sealed empty text otherwise.';
COMMENT ON COLUMN room.created_at IS 'Microseconds UTC.';
COMMENT ON COLUMN room.closed_at IS 'Microseconds UTC; 9223372036854775807 while open.';

CREATE TABLE room_head (
    room UUID NOT NULL PRIMARY KEY, -- The room.
    sequence BIGINT NOT NULL -- The last sequence given out; gap-free, never shown.
);
COMMENT ON COLUMN room_head.room IS 'The room.';
COMMENT ON COLUMN room_head.sequence IS 'The last sequence given out; gap-free, never shown.';

CREATE TABLE room_member (
    room UUID NOT NULL, -- A group room or direct conversation.
    person UUID NOT NULL, -- The member.
    from_at BIGINT NOT NULL, -- Start, microseconds UTC.
    until_at BIGINT NOT NULL, -- End, microseconds UTC.
    PRIMARY KEY (room, person, from_at)
);
COMMENT ON COLUMN room_member.room IS 'A group room or direct conversation.';
COMMENT ON COLUMN room_member.person IS 'The member.';
COMMENT ON COLUMN room_member.from_at IS 'Start, microseconds UTC.';
COMMENT ON COLUMN room_member.until_at IS 'End, microseconds UTC.';
