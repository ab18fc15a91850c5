-- Whoever writes reports learns from it that somebody else wrote down an outage.
ALTER TABLE health_head ADD COLUMN outages BIGINT NOT NULL DEFAULT 0;
