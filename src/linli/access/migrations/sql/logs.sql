CREATE TABLE access_read_log (
    id uuid NOT NULL, at timestamptz NOT NULL, actor text NOT NULL, unit_id uuid, kind text NOT NULL,
    subject_type text NOT NULL, subject_id text NOT NULL, area_code text COLLATE "C" NOT NULL, count integer,
    purpose text NOT NULL, request text NOT NULL, ip text NOT NULL
) PARTITION BY RANGE (at);
CREATE TABLE access_read_log_rest PARTITION OF access_read_log DEFAULT;
CREATE INDEX ON access_read_log (at, id);
CREATE INDEX ON access_read_log (area_code, at);
CREATE INDEX ON access_read_log (actor, at);
CREATE INDEX ON access_read_log (subject_id, at) WHERE subject_id <> '';

CREATE TABLE access_change_log (
    id uuid NOT NULL, at timestamptz NOT NULL, actor text NOT NULL, room text NOT NULL, action text NOT NULL,
    subject_type text NOT NULL, subject_id text NOT NULL, area_code text COLLATE "C" NOT NULL, detail jsonb NOT NULL,
    request text NOT NULL
) PARTITION BY RANGE (at);
CREATE TABLE access_change_log_rest PARTITION OF access_change_log DEFAULT;
CREATE INDEX ON access_change_log (at, id);
CREATE INDEX ON access_change_log (area_code, at);
CREATE INDEX ON access_change_log (subject_id, at) WHERE subject_id <> '';
