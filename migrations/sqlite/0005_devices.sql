-- The device authority, its list of revoked certificates, and the door for enrolment.

CREATE TABLE device_authority (
    generation INTEGER NOT NULL PRIMARY KEY, -- Names the branch of the root key that the private key follows from.
    certificate BLOB NOT NULL, -- The authority's certificate, DER; public.
    from_at INTEGER NOT NULL, -- Founding, microseconds UTC.
    until_at INTEGER NOT NULL -- End of the certificate, microseconds UTC.
) STRICT;

CREATE TABLE revocation_list (
    generation INTEGER NOT NULL PRIMARY KEY, -- The authority that signed it.
    number INTEGER NOT NULL, -- Counts up with every list (RFC 5280, 5.2.3).
    list BLOB NOT NULL, -- The newest list, DER; public.
    signed_at INTEGER NOT NULL, -- Microseconds UTC.
    next_update INTEGER NOT NULL -- From here on nobody is let in without a newer one, microseconds UTC.
) STRICT;

CREATE TABLE enrolment_window (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1), -- There is one row.
    opened_at INTEGER NOT NULL, -- When the door for enrolment was opened, microseconds UTC.
    open_until INTEGER NOT NULL -- When it closes by itself, microseconds UTC.
) STRICT;
