-- The consortium: organizations, places, people, posts, roles, patients, consents, care teams, rights, devices, rooms.

CREATE TABLE organization (
    organization BLOB NOT NULL PRIMARY KEY, -- The employer.
    kind INTEGER NOT NULL, -- What it is.
    version INTEGER NOT NULL, -- The current version of its facts.
    from_at INTEGER NOT NULL, -- Start, microseconds UTC.
    until_at INTEGER NOT NULL -- End, microseconds UTC; 9223372036854775807 when open.
) STRICT;

CREATE TABLE organization_version (
    organization BLOB NOT NULL, -- The employer.
    version INTEGER NOT NULL, -- Counts up with every change; old versions stay.
    facts BLOB NOT NULL, -- Sealed: name, romaji, telephone.
    at INTEGER NOT NULL, -- When this version began, microseconds UTC.
    PRIMARY KEY (organization, version)
) STRICT;

CREATE TABLE place (
    place BLOB NOT NULL PRIMARY KEY, -- The place.
    organization BLOB NOT NULL, -- Whose.
    parent BLOB NOT NULL, -- What it lies in; nil at the top.
    kind INTEGER NOT NULL, -- What it is.
    position INTEGER NOT NULL, -- Order in the round, among its siblings.
    version INTEGER NOT NULL, -- The current version of its name.
    from_at INTEGER NOT NULL, -- Start, microseconds UTC.
    until_at INTEGER NOT NULL -- End, microseconds UTC.
) STRICT;

CREATE TABLE place_version (
    place BLOB NOT NULL, -- The place.
    version INTEGER NOT NULL, -- Counts up with every change of the name; old versions stay.
    facts BLOB NOT NULL, -- Sealed: name.
    at INTEGER NOT NULL, -- When this version began, microseconds UTC.
    PRIMARY KEY (place, version)
) STRICT;

CREATE TABLE person (
    person BLOB NOT NULL PRIMARY KEY, -- Random; the pseudonym in the log.
    organization BLOB NOT NULL, -- The employer that registered the person.
    login_index BLOB NOT NULL UNIQUE, -- Blind index of the normalised login name.
    version INTEGER NOT NULL, -- The current version of the person's facts.
    from_at INTEGER NOT NULL, -- Start, microseconds UTC.
    until_at INTEGER NOT NULL -- When disabled, microseconds UTC.
) STRICT;

CREATE TABLE person_version (
    person BLOB NOT NULL, -- The person.
    version INTEGER NOT NULL, -- Counts up with every change; old versions stay.
    facts BLOB NOT NULL, -- Sealed: name, reading, login, romaji.
    at INTEGER NOT NULL, -- When this version began, microseconds UTC.
    PRIMARY KEY (person, version)
) STRICT;

CREATE TABLE post (
    post BLOB NOT NULL PRIMARY KEY, -- A job type at an organization.
    person BLOB NOT NULL, -- Whose.
    organization BLOB NOT NULL, -- At which employer.
    place BLOB NOT NULL, -- At which place; nil for the whole organization.
    job_type INTEGER NOT NULL, -- As what.
    suspended INTEGER NOT NULL, -- 1 while a reset elsewhere waits for re-confirmation.
    from_at INTEGER NOT NULL, -- Start, microseconds UTC.
    until_at INTEGER NOT NULL -- End, microseconds UTC.
) STRICT;
CREATE INDEX post_by_person ON post (person);

CREATE TABLE role (
    held BLOB NOT NULL PRIMARY KEY, -- One giving of a role.
    person BLOB NOT NULL, -- To whom.
    role INTEGER NOT NULL, -- Which.
    organization BLOB NOT NULL, -- For which organization; nil for the consortium.
    from_at INTEGER NOT NULL, -- Start, microseconds UTC.
    until_at INTEGER NOT NULL -- End, microseconds UTC.
) STRICT;

CREATE TABLE patient (
    patient BLOB NOT NULL PRIMARY KEY, -- Random; the pseudonym in the log.
    organization BLOB NOT NULL, -- The responsible organization.
    place BLOB NOT NULL, -- Where the patient lives; nil when unknown.
    state INTEGER NOT NULL, -- 1 in care, 2 discharged, 3 deceased.
    room BLOB NOT NULL, -- The patient's room.
    linked BLOB NOT NULL, -- The other row of the same human; nil without one.
    version INTEGER NOT NULL, -- The current version of the patient's facts.
    from_at INTEGER NOT NULL -- Registration, microseconds UTC.
) STRICT;

CREATE TABLE patient_version (
    patient BLOB NOT NULL, -- The patient.
    version INTEGER NOT NULL, -- Counts up with every change; old versions stay.
    facts BLOB NOT NULL, -- Sealed: name, reading, sex, birth date, room number, allergies, care level, DNAR.
    at INTEGER NOT NULL, -- When this version began, microseconds UTC.
    PRIMARY KEY (patient, version)
) STRICT;

CREATE TABLE patient_organization (
    patient BLOB NOT NULL, -- The patient.
    organization BLOB NOT NULL, -- The responsible organization of that time.
    from_at INTEGER NOT NULL, -- Start, microseconds UTC.
    until_at INTEGER NOT NULL, -- End, microseconds UTC.
    PRIMARY KEY (patient, from_at)
) STRICT;

CREATE TABLE patient_identifier (
    patient BLOB NOT NULL, -- The patient.
    organization BLOB NOT NULL, -- Who assigned the number (FHIR assigner).
    value_index BLOB NOT NULL, -- Blind index of the number.
    value BLOB NOT NULL, -- Sealed number.
    PRIMARY KEY (patient, organization)
) STRICT;
CREATE UNIQUE INDEX patient_identifier_by_value ON patient_identifier (organization, value_index);

CREATE TABLE consent (
    consent BLOB NOT NULL PRIMARY KEY, -- The consent.
    patient BLOB NOT NULL, -- Whose.
    giver INTEGER NOT NULL, -- 1 the patient, 2 family, 3 guardian.
    classes INTEGER NOT NULL, -- Bit n is information class n.
    facts BLOB NOT NULL, -- Sealed: how it was given, note.
    from_at INTEGER NOT NULL, -- Start, microseconds UTC.
    until_at INTEGER NOT NULL -- End or withdrawal, microseconds UTC.
) STRICT;
CREATE INDEX consent_by_patient ON consent (patient);

CREATE TABLE membership (
    membership BLOB NOT NULL PRIMARY KEY, -- A stay in a care team.
    patient BLOB NOT NULL, -- Whose team.
    consent BLOB NOT NULL, -- On which consent.
    post BLOB NOT NULL, -- The post; nil for staff.
    organization BLOB NOT NULL, -- The employer of the staff; nil for a post.
    place BLOB NOT NULL, -- The staff's place; nil for the whole organization.
    job_types INTEGER NOT NULL, -- Bit n is job type n; 0 for a post.
    proposer BLOB NOT NULL, -- The person who proposed it; nil for the console.
    confirmer BLOB NOT NULL, -- The person who confirmed it; nil while it waits.
    confirmed_at INTEGER NOT NULL, -- Microseconds UTC; 9223372036854775807 while it waits.
    from_at INTEGER NOT NULL, -- Start, microseconds UTC.
    until_at INTEGER NOT NULL -- End, microseconds UTC.
) STRICT;
CREATE INDEX membership_by_patient ON membership (patient);

CREATE TABLE job_type (
    job_type INTEGER NOT NULL PRIMARY KEY, -- Number, 1 to 63.
    japanese TEXT NOT NULL, -- The word on Japanese screens.
    english TEXT NOT NULL -- The word on English screens.
) STRICT;

CREATE TABLE info_class (
    info_class INTEGER NOT NULL PRIMARY KEY, -- Number, 1 to 63.
    japanese TEXT NOT NULL, -- The word on Japanese screens.
    english TEXT NOT NULL -- The word on English screens.
) STRICT;

CREATE TABLE matrix_cell (
    organization BLOB NOT NULL, -- Nil for the consortium; otherwise that organization's narrowing.
    version INTEGER NOT NULL, -- Counts up with every change; the highest counts, old versions stay.
    job_type INTEGER NOT NULL, -- The job type.
    info_class INTEGER NOT NULL, -- The information class.
    may_read INTEGER NOT NULL, -- 1 when it may be read.
    may_write INTEGER NOT NULL, -- 1 when it may be written.
    at INTEGER NOT NULL, -- When this version began, microseconds UTC.
    PRIMARY KEY (organization, version, job_type, info_class)
) STRICT;

CREATE TABLE device (
    device BLOB NOT NULL PRIMARY KEY, -- The register row; a session binds to it.
    organization BLOB NOT NULL, -- The owner.
    place BLOB NOT NULL, -- Where it stands; nil when it moves.
    kind INTEGER NOT NULL, -- 1 shared, 2 personal, 3 desktop.
    label BLOB NOT NULL, -- Sealed: what its sticker says.
    from_at INTEGER NOT NULL, -- Registration, microseconds UTC.
    until_at INTEGER NOT NULL -- Revocation, microseconds UTC.
) STRICT;

CREATE TABLE device_key (
    key_digest BLOB NOT NULL PRIMARY KEY, -- SHA-256 of the certificate's SubjectPublicKeyInfo.
    device BLOB NOT NULL, -- The register row.
    serial TEXT NOT NULL, -- The certificate's serial number, hexadecimal.
    issued_at INTEGER NOT NULL, -- Microseconds UTC.
    not_after INTEGER NOT NULL, -- End of the certificate, microseconds UTC.
    superseded_until INTEGER NOT NULL, -- After a renewal: until when the old key counts; 9223372036854775807 before.
    revoked_at INTEGER NOT NULL -- Microseconds UTC; 9223372036854775807 while it counts.
) STRICT;
CREATE INDEX device_key_by_device ON device_key (device);

CREATE TABLE device_code (
    device BLOB NOT NULL PRIMARY KEY, -- The device that may fetch its certificate.
    digest BLOB NOT NULL UNIQUE, -- Digest of the one-time code.
    handle BLOB NOT NULL, -- Blind index of the code's first group, so that wrong tries count against it.
    failures INTEGER NOT NULL, -- Wrong tries; five close the code.
    issued_at INTEGER NOT NULL, -- Microseconds UTC.
    expires_at INTEGER NOT NULL, -- Microseconds UTC.
    used_at INTEGER NOT NULL -- Microseconds UTC; 9223372036854775807 while unused.
) STRICT;

CREATE TABLE room (
    room BLOB NOT NULL PRIMARY KEY, -- The room.
    kind INTEGER NOT NULL, -- 1 patient, 2 group, 3 direct.
    patient BLOB NOT NULL, -- The patient of a patient room; nil otherwise.
    organization BLOB NOT NULL, -- The organization that made it or is responsible.
    owner BLOB NOT NULL, -- Whoever may change a group's members; nil without one.
    title BLOB NOT NULL, -- Sealed title of a group room; sealed empty text otherwise.
    created_at INTEGER NOT NULL, -- Microseconds UTC.
    closed_at INTEGER NOT NULL -- Microseconds UTC; 9223372036854775807 while open.
) STRICT;

CREATE TABLE room_head (
    room BLOB NOT NULL PRIMARY KEY, -- The room.
    sequence INTEGER NOT NULL -- The last sequence given out; gap-free, never shown.
) STRICT;

CREATE TABLE room_member (
    room BLOB NOT NULL, -- A group room or direct conversation.
    person BLOB NOT NULL, -- The member.
    from_at INTEGER NOT NULL, -- Start, microseconds UTC.
    until_at INTEGER NOT NULL, -- End, microseconds UTC.
    PRIMARY KEY (room, person, from_at)
) STRICT;
