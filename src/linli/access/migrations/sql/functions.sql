-- What the program's role may do before anyone is signed in. Each function belongs to the owner of the tables, whom
-- row-level security does not bind (it is enabled, not forced), and does one narrow thing. The times and ids are given.

-- The actor an account is at a moment: its unit, current posts, and permissions by area. NULL: no such active account.
CREATE FUNCTION access_actor(p_account uuid, p_now timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER AS $body$
DECLARE
    day date := (p_now AT TIME ZONE 'Asia/Shanghai')::date;
    answer jsonb;
BEGIN
    WITH held AS (
        SELECT p.id, p.title, h.since
        FROM access_appointment h JOIN access_post p ON p.id = h.post_id
        WHERE h.account_id = p_account AND h.since <= day AND (h.until IS NULL OR h.until > day)
    ), opened AS (
        SELECT coalesce(g.target_area, u.area_code, member.code) AS area, r.permissions
        FROM held
        JOIN access_grant g ON g.post_id = held.id
        JOIN access_role r ON r.id = g.role_id
        LEFT JOIN access_unit u ON u.id = g.target_unit_id
        LEFT JOIN access_area_group a ON a.id = g.target_group_id
        LEFT JOIN LATERAL unnest(a.codes) AS member(code) ON true
        WHERE g.since <= day AND (g.until IS NULL OR g.until > day)
    ), merged AS (
        SELECT area, array_agg(DISTINCT permission ORDER BY permission) AS permissions
        FROM opened, unnest(opened.permissions) AS permission
        WHERE area IS NOT NULL GROUP BY area
    )
    SELECT jsonb_build_object(
        'account', a.id, 'username', a.username, 'name', a.name, 'language', a.language,
        'must_change_password', a.must_change_password,
        'unit', u.id, 'unit_name', u.name, 'unit_area', u.area_code,
        'post', (SELECT jsonb_build_object('id', id, 'title', title) FROM held ORDER BY since, id LIMIT 1),
        'grants', coalesce(
            (SELECT jsonb_agg(jsonb_build_object('area', area, 'permissions', permissions) ORDER BY area COLLATE "C")
             FROM merged), '[]'))
    INTO answer
    FROM access_account a JOIN access_unit u ON u.id = a.unit_id
    WHERE a.id = p_account AND a.active;
    RETURN answer;
END $body$;

-- Begin a request: who is it, and set the scope of this transaction to the areas of the answer. The six settings are
-- those of kernel.scope.settings_of. An account with a one-time password has no scope before it is changed.
CREATE FUNCTION access_begin(p_token bytea, p_request text, p_now timestamptz) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER AS $body$
DECLARE
    found_session access_session;
    answer jsonb;
    areas text[] := '{}';
BEGIN
    SELECT * INTO found_session FROM access_session
    WHERE token_hash = p_token AND expires_at > p_now AND idle_until > p_now;
    IF FOUND THEN
        answer := access_actor(found_session.account_id, p_now);
    END IF;
    IF answer IS NOT NULL THEN
        IF (answer ->> 'must_change_password')::boolean THEN
            answer := jsonb_set(answer, '{grants}', '[]');
        END IF;
        SELECT coalesce(array_agg(code ORDER BY code COLLATE "C"), '{}') INTO areas
        FROM (SELECT DISTINCT g ->> 'area' AS code FROM jsonb_array_elements(answer -> 'grants') g) wide
        WHERE NOT EXISTS (
            SELECT FROM jsonb_array_elements(answer -> 'grants') g
            WHERE g ->> 'area' <> wide.code AND wide.code ^@ (g ->> 'area'));
        answer := answer || jsonb_build_object('session', found_session.id, 'seen', found_session.last_seen_at);
    END IF;
    PERFORM set_config('linli.lo', coalesce(areas[1], ''), true),
            set_config('linli.hi', coalesce(areas[cardinality(areas)] || '~', ''), true),
            set_config('linli.one', CASE cardinality(areas) WHEN 1 THEN '1' ELSE '0' END, true),
            set_config('linli.scope', '{' || array_to_string(areas, ',') || '}', true),
            set_config('linli.actor', coalesce(answer ->> 'account', 'anonymous'), true),
            set_config('linli.request', p_request, true);
    RETURN answer;
END $body$;

-- Before a password is looked at: the account's hash and how often this name and this address failed lately. The row
-- of the account stays locked to the end of the transaction, so that parallel guesses are counted one by one.
CREATE FUNCTION access_credentials(
    p_username text, p_name_hash bytea, p_ip text, p_name_since timestamptz, p_ip_since timestamptz,
    OUT account uuid, OUT password text, OUT active boolean, OUT failed_count integer, OUT locked_until timestamptz,
    OUT name_tries integer, OUT name_last timestamptz, OUT ip_failures integer)
LANGUAGE plpgsql SECURITY DEFINER AS $body$
BEGIN
    SELECT a.id, a.password, a.active, a.failed_count, a.locked_until
    INTO account, password, active, failed_count, locked_until
    FROM access_account a WHERE a.username = p_username FOR UPDATE;
    SELECT count(*), max(t.at) INTO name_tries, name_last
    FROM access_attempt t WHERE t.name_hash = p_name_hash AND t.at > p_name_since AND t.outcome = 'tried';
    SELECT coalesce(sum(CASE t.outcome WHEN 'tried' THEN 1 ELSE -1 END), 0) INTO ip_failures
    FROM access_attempt t WHERE t.ip = p_ip AND t.at > p_ip_since;
END $body$;

-- Count one attempt, before its outcome is known; `p_locked_until` is the lock that takes hold unless it succeeds.
CREATE FUNCTION access_count_attempt(
    p_id uuid, p_account uuid, p_name_hash bytea, p_ip text, p_now timestamptz, p_locked_until timestamptz)
RETURNS void LANGUAGE sql SECURITY DEFINER AS $body$
    INSERT INTO access_attempt (id, at, name_hash, ip, outcome) VALUES (p_id, p_now, p_name_hash, p_ip, 'tried');
    UPDATE access_account
    SET failed_count = failed_count + 1, locked_until = coalesce(p_locked_until, locked_until)
    WHERE id = p_account;
$body$;

-- The password was right: forget the failures, open the session, drop the account's dead ones and old attempts.
CREATE FUNCTION access_open_session(
    p_id uuid, p_account uuid, p_token bytea, p_now timestamptz, p_idle_until timestamptz, p_expires timestamptz,
    p_ip text, p_agent text, p_attempt uuid, p_name_hash bytea, p_forget timestamptz)
RETURNS void LANGUAGE sql SECURITY DEFINER AS $body$
    UPDATE access_account SET failed_count = 0, locked_until = NULL WHERE id = p_account;
    DELETE FROM access_session WHERE account_id = p_account AND (expires_at <= p_now OR idle_until <= p_now);
    DELETE FROM access_attempt WHERE at < p_forget;
    INSERT INTO access_attempt (id, at, name_hash, ip, outcome)
    VALUES (p_attempt, p_now, p_name_hash, p_ip, 'signed_in');
    INSERT INTO access_session
        (id, token_hash, account_id, area_code, created_at, last_seen_at, idle_until, expires_at, ip, user_agent)
    SELECT p_id, p_token, a.id, a.area_code, p_now, p_now, p_idle_until, p_expires, p_ip, p_agent
    FROM access_account a WHERE a.id = p_account AND a.active;
$body$;

-- A session is in use. At most once a minute, in a transaction of its own.
CREATE FUNCTION access_touch(p_session uuid, p_now timestamptz, p_idle_until timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER AS $body$
    UPDATE access_session SET last_seen_at = p_now, idle_until = p_idle_until
    WHERE id = p_session AND idle_until > p_now AND expires_at > p_now;
$body$;

-- Names to show beside changes and reads: a clerk sees that someone of the district changed a record, and who.
CREATE FUNCTION access_names(p_ids text[]) RETURNS TABLE (id text, name text, unit text)
LANGUAGE sql STABLE SECURITY DEFINER AS $body$
    SELECT a.id::text, a.name, u.name FROM access_account a JOIN access_unit u ON u.id = a.unit_id
    WHERE a.id IN (SELECT x::uuid FROM unnest(p_ids) x WHERE x ~ '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$');
$body$;

-- The account behind a sign-in name, for commands that act as someone.
CREATE FUNCTION access_account_id(p_username text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER AS $body$
    SELECT id FROM access_account WHERE username = p_username
$body$;

-- Everything an account, and everything some posts, may do today or later: asked before anyone is put above another,
-- so it must see rights outside the scope of who asks.
CREATE FUNCTION access_holdings(p_account uuid, p_posts uuid[], p_now timestamptz)
RETURNS TABLE (permission text, area text)
LANGUAGE plpgsql STABLE SECURITY DEFINER AS $body$
DECLARE
    day date := (p_now AT TIME ZONE 'Asia/Shanghai')::date;
BEGIN
    RETURN QUERY
    SELECT DISTINCT allowed, coalesce(g.target_area, u.area_code, member.code)
    FROM access_grant g
    JOIN access_role r ON r.id = g.role_id
    CROSS JOIN LATERAL unnest(r.permissions) AS allowed
    LEFT JOIN access_unit u ON u.id = g.target_unit_id
    LEFT JOIN access_area_group a ON a.id = g.target_group_id
    LEFT JOIN LATERAL unnest(a.codes) AS member(code) ON true
    WHERE (g.until IS NULL OR g.until > day) AND coalesce(g.target_area, u.area_code, member.code) IS NOT NULL
      AND (g.post_id = ANY(p_posts) OR g.post_id IN (
          SELECT h.post_id FROM access_appointment h
          WHERE h.account_id = p_account AND (h.until IS NULL OR h.until > day)));
END $body$;

-- How many active accounts can today manage accounts and roles in a whole district. The last one must stay.
CREATE FUNCTION access_administrators(p_now timestamptz) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER AS $body$
DECLARE
    day date := (p_now AT TIME ZONE 'Asia/Shanghai')::date;
BEGIN
    RETURN (
        SELECT count(DISTINCT a.id)
        FROM access_account a
        JOIN access_appointment h ON h.account_id = a.id AND h.since <= day AND (h.until IS NULL OR h.until > day)
        JOIN access_grant g ON g.post_id = h.post_id AND g.since <= day AND (g.until IS NULL OR g.until > day)
        JOIN access_role r ON r.id = g.role_id
        LEFT JOIN access_unit u ON u.id = g.target_unit_id
        WHERE a.active AND length(coalesce(g.target_area, u.area_code)) = 6
          AND r.permissions @> ARRAY['access.account.edit', 'access.role.edit']);
END $body$;
