-- What pages ask for, found without reading a fleet's rows: trouble of the last day, and the first trouble of a release.
CREATE INDEX health_harms_until ON health_harms (until);
CREATE INDEX health_harms_release ON health_harms (release, at);

-- Counted with each report instead of by each page. 4 is in-service, by the order of ReleaseState.All.
ALTER TABLE health_releases ADD COLUMN in_service BIGINT NOT NULL DEFAULT 0;
ALTER TABLE health_releases ADD COLUMN passed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE health_releases ADD COLUMN refused BIGINT NOT NULL DEFAULT 0;
ALTER TABLE health_releases ADD COLUMN first_probation BIGINT;
ALTER TABLE health_releases ADD COLUMN last_probation BIGINT;
UPDATE health_releases SET
    in_service = (SELECT COUNT(*) FROM health_runs r WHERE r.release = health_releases.number AND r.state = 4),
    passed = (SELECT COUNT(*) FROM health_probations p WHERE p.release = health_releases.path AND p.result = 'passed'),
    refused = (SELECT COUNT(*) FROM health_probations p WHERE p.release = health_releases.path AND p.result IN ('refused', 'inconclusive')),
    first_probation = (SELECT MIN(at) FROM health_probations p WHERE p.release = health_releases.path),
    last_probation = (SELECT MAX(at) FROM health_probations p WHERE p.release = health_releases.path);
