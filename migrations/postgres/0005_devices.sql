-- The device authority, its list of revoked certificates, and the door for enrolment.

CREATE TABLE device_authority (
    generation BIGINT NOT NULL PRIMARY KEY, -- Names the branch of the root key that the private key follows from.
    certificate BYTEA NOT NULL, -- The authority's certificate, DER; public.
    from_at BIGINT NOT NULL, -- Founding, microseconds UTC.
    until_at BIGINT NOT NULL -- End of the certificate, microseconds UTC.
);
COMMENT ON COLUMN device_authority.generation IS 'Names the branch of the root key that the private key follows from.';
COMMENT ON COLUMN device_authority.certificate IS 'The authority''s certificate, DER; public.';
COMMENT ON COLUMN device_authority.from_at IS 'Founding, microseconds UTC.';
COMMENT ON COLUMN device_authority.until_at IS 'End of the certificate, microseconds UTC.';

CREATE TABLE revocation_list (
    generation BIGINT NOT NULL PRIMARY KEY, -- The authority that signed it.
    number BIGINT NOT NULL, -- Counts up with every list (RFC 5280, 5.2.3).
    list BYTEA NOT NULL, -- The newest list, DER; public.
    signed_at BIGINT NOT NULL, -- Microseconds UTC.
    next_update BIGINT NOT NULL -- From here on nobody is let in without a newer one, microseconds UTC.
);
COMMENT ON COLUMN revocation_list.generation IS 'The authority that signed it.';
COMMENT ON COLUMN revocation_list.number IS 'Counts up with every list (RFC 5280, 5.2.3).';
COMMENT ON COLUMN revocation_list.list IS 'The newest list, DER; public.';
COMMENT ON COLUMN revocation_list.signed_at IS 'Microseconds UTC.';
COMMENT ON COLUMN revocation_list.next_update IS 'From here on nobody is let in without a newer one, microseconds UTC.';

CREATE TABLE enrolment_window (
    one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1), -- There is one row.
    opened_at BIGINT NOT NULL, -- When the door for enrolment was opened, microseconds UTC.
    open_until BIGINT NOT NULL -- When it closes by itself, microseconds UTC.
);
COMMENT ON COLUMN enrolment_window.one IS 'There is one row.';
COMMENT ON COLUMN enrolment_window.opened_at IS 'When the door for enrolment was opened, microseconds UTC.';
COMMENT ON COLUMN enrolment_window.open_until IS 'When it closes by itself, microseconds UTC.';
