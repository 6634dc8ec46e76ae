-- What the program's role, which can only add to logs and histories, may destroy of them, and when. Each function belongs
-- to the owner; the floors stand here too, so that no statement of the program can go below them.

-- The column of time of a table of which something may be destroyed. Raises for every other table, and above the floor.
CREATE FUNCTION access_destroy_column(p_table text, p_before timestamptz) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER AS $body$
DECLARE
    found text;
    floor interval;
BEGIN
    SELECT t.col, t.least INTO found, floor FROM (VALUES
        ('access_read_log', 'at', interval '184 days'),
        ('access_change_log', 'at', interval '184 days'),
        ('access_attempt', 'at', interval '184 days'),
        ('access_idempotency', 'created_at', interval '1 day')) AS t(name, col, least) WHERE t.name = p_table;
    IF found IS NULL AND p_table ~ '^[a-z]+_[a-z_]+_history$' AND EXISTS (
        SELECT FROM pg_partitioned_table p WHERE p.partrelid = to_regclass(p_table)
    ) THEN
        found := 'replaced_at';
        floor := interval '365 days';
    END IF;
    IF found IS NULL THEN
        RAISE insufficient_privilege USING MESSAGE = 'nothing of this table is destroyed: ' || p_table;
    END IF;
    IF p_before > now() - floor THEN
        RAISE invalid_parameter_value USING MESSAGE = 'the floor of ' || p_table || ' is ' || floor;
    END IF;
    RETURN found;
END $body$;

-- How much of a table is older than a moment, and how old the oldest of it is.
CREATE FUNCTION access_overdue(p_table text, p_before timestamptz) RETURNS TABLE (rows bigint, oldest timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER AS $body$
DECLARE
    col text := access_destroy_column(p_table, p_before);
BEGIN
    RETURN QUERY EXECUTE format('SELECT count(*), min(%I) FROM %I WHERE %I < $1', col, p_table, col) USING p_before;
END $body$;

-- Destroy at most so many rows older than a moment; returns their ids and times. A month that is over and empty goes.
CREATE FUNCTION access_destroy(p_table text, p_before timestamptz, p_most integer)
RETURNS TABLE (id uuid, at timestamptz) LANGUAGE plpgsql SECURITY DEFINER AS $body$
DECLARE
    col text := access_destroy_column(p_table, p_before);
    part text;
    left_over integer := p_most;
    done integer;
    filled boolean;
    patience text := current_setting('lock_timeout');
BEGIN
    FOR part IN
        SELECT coalesce(i.inhrelid::regclass::text, p_table)
        FROM (SELECT to_regclass(p_table) AS oid) t LEFT JOIN pg_inherits i ON i.inhparent = t.oid ORDER BY 1
    LOOP
        EXIT WHEN left_over <= 0;
        RETURN QUERY EXECUTE format(
            'DELETE FROM %s WHERE ctid = ANY (ARRAY(SELECT ctid FROM %s WHERE %I < $1 LIMIT $2)) RETURNING id, %I',
            part, part, col, col) USING p_before, left_over;
        GET DIAGNOSTICS done = ROW_COUNT;
        left_over := left_over - done;
        IF part ~ '_\d{6}$' AND to_date(right(part, 6), 'YYYYMM') + interval '1 month' <= p_before THEN
            EXECUTE format('SELECT EXISTS (SELECT FROM %s)', part) INTO filled;
            IF NOT filled THEN
                BEGIN  -- whoever reads the table just now is not kept waiting: the month goes another night
                    PERFORM set_config('lock_timeout', '500', true);
                    EXECUTE format('DROP TABLE %s', part);
                EXCEPTION WHEN lock_not_available THEN NULL;
                END;
                PERFORM set_config('lock_timeout', patience, true);
            END IF;
        END IF;
    END LOOP;
END $body$;
