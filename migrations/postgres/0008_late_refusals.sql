-- Why a queued item was refused when it arrived, for its author.

ALTER TABLE queued_item ADD COLUMN reason BIGINT NOT NULL DEFAULT 0; -- Why it was refused, a code of its list; 0 when it was posted, or refused before reasons were kept.
COMMENT ON COLUMN queued_item.reason IS 'Why it was refused, a code of its list; 0 when it was posted, or refused before reasons were kept.';
