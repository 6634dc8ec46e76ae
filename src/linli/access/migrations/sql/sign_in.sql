-- Signing in with a second factor and from outside, and seeing as another account. Replaces access_actor, access_begin
-- and access_open_session of functions.sql; the rules at the top of that file hold here too.

-- The actor an account is at a moment: as before, and whether a post's role demands a second factor.
CREATE OR REPLACE FUNCTION access_actor(p_account uuid, p_now timestamptz) RETURNS jsonb
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
        SELECT coalesce(g.target_area, u.area_code, member.code) AS area, r.permissions, r.second_factor
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
        'demands_factor', coalesce((SELECT bool_or(second_factor) FROM opened), false),
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

-- Begin a request: who is it, and set the scope of this transaction. An account has no scope before its one-time
-- password is changed (it does not matter to who comes from the provider), nor before it has the second factor that
-- p_demand (everyone) or one of its roles asks for. While it sees as another account, the scope is that account's and
-- 'viewer' is who looks; p_own asks for the own one all the same, with which a view is ended.
CREATE FUNCTION access_begin(p_token bytea, p_request text, p_now timestamptz, p_demand boolean, p_own boolean)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER AS $body$
DECLARE
    found_session access_session;
    answer jsonb;
    seen jsonb;
    areas text[] := '{}';
BEGIN
    SELECT * INTO found_session FROM access_session
    WHERE token_hash = p_token AND expires_at > p_now AND idle_until > p_now;
    IF FOUND THEN
        answer := access_actor(found_session.account_id, p_now);
    END IF;
    IF answer IS NOT NULL THEN
        answer := answer || jsonb_build_object(
            'must_change_password',
            (answer ->> 'must_change_password')::boolean AND found_session.method = 'password',
            'must_enrol',
            (p_demand OR (answer ->> 'demands_factor')::boolean) AND found_session.factor = '');
        IF (answer ->> 'must_change_password')::boolean OR (answer ->> 'must_enrol')::boolean THEN
            answer := jsonb_set(answer, '{grants}', '[]');
        ELSIF found_session.viewing_id IS NOT NULL AND found_session.viewing_until > p_now AND NOT p_own THEN
            seen := access_actor(found_session.viewing_id, p_now);
            IF seen IS NOT NULL THEN
                answer := seen || jsonb_build_object(
                    'must_change_password', false, 'must_enrol', false,
                    'viewer', answer, 'viewing_until', found_session.viewing_until);
            END IF;
        END IF;
        SELECT coalesce(array_agg(code ORDER BY code COLLATE "C"), '{}') INTO areas
        FROM (SELECT DISTINCT g ->> 'area' AS code FROM jsonb_array_elements(answer -> 'grants') g) wide
        WHERE NOT EXISTS (
            SELECT FROM jsonb_array_elements(answer -> 'grants') g
            WHERE g ->> 'area' <> wide.code AND wide.code ^@ (g ->> 'area'));
        answer := answer || jsonb_build_object(
            'session', found_session.id, 'seen', found_session.last_seen_at);
    END IF;
    PERFORM set_config('linli.lo', coalesce(areas[1], ''), true),
            set_config('linli.hi', coalesce(areas[cardinality(areas)] || '~', ''), true),
            set_config('linli.one', CASE cardinality(areas) WHEN 1 THEN '1' ELSE '0' END, true),
            set_config('linli.scope', '{' || array_to_string(areas, ',') || '}', true),
            set_config('linli.actor', coalesce(answer ->> 'account', 'anonymous'), true),
            set_config('linli.request', p_request, true);
    RETURN answer;
END $body$;

-- Everything that was asked for was right: forget the failures, open the session, drop dead ones and old attempts.
CREATE FUNCTION access_open_session(
    p_id uuid, p_account uuid, p_token bytea, p_now timestamptz, p_idle_until timestamptz, p_expires timestamptz,
    p_ip text, p_agent text, p_attempt uuid, p_name_hash bytea, p_forget timestamptz, p_method text, p_factor text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER AS $body$
BEGIN
    UPDATE access_account SET failed_count = 0, locked_until = NULL WHERE id = p_account;
    DELETE FROM access_session WHERE account_id = p_account AND (expires_at <= p_now OR idle_until <= p_now);
    DELETE FROM access_attempt WHERE at < p_forget;
    IF p_method = 'password' OR p_factor IN ('totp', 'recovery') THEN  -- only what was counted is taken off again
        INSERT INTO access_attempt (id, at, name_hash, ip, outcome)
        VALUES (p_attempt, p_now, p_name_hash, p_ip, 'signed_in');
    END IF;
    INSERT INTO access_session
        (id, token_hash, account_id, area_code, created_at, last_seen_at, idle_until, expires_at, ip, user_agent,
         method, factor)
    SELECT p_id, p_token, a.id, a.area_code, p_now, p_now, p_idle_until, p_expires, p_ip, p_agent, p_method, p_factor
    FROM access_account a WHERE a.id = p_account AND a.active;
    RETURN FOUND;
END $body$;

-- The password was right but a second step follows: this attempt is no failure, and no reason for the lock it brought.
-- Failures before it stay counted, so that typing the password again buys no more guesses at the code.
CREATE FUNCTION access_pass_attempt(
    p_id uuid, p_account uuid, p_name_hash bytea, p_ip text, p_now timestamptz, p_locked_until timestamptz)
RETURNS void LANGUAGE sql SECURITY DEFINER AS $body$
    INSERT INTO access_attempt (id, at, name_hash, ip, outcome) VALUES (p_id, p_now, p_name_hash, p_ip, 'passed');
    UPDATE access_account
    SET failed_count = greatest(failed_count - 1, 0),
        locked_until = CASE WHEN locked_until = p_locked_until THEN NULL ELSE locked_until END
    WHERE id = p_account;
$body$;

-- The second factor of an account before its session is open: NULL when it has none.
CREATE FUNCTION access_factor(p_account uuid) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER AS $body$
    SELECT secret FROM access_second_factor WHERE account_id = p_account AND secret IS NOT NULL
$body$;

-- Use the code of one time step: false when it, or a later one, was used before (RFC 6238, 5.2). One at a time.
CREATE FUNCTION access_use_step(p_account uuid, p_step bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER AS $body$
BEGIN
    UPDATE access_second_factor SET last_step = p_step WHERE account_id = p_account AND last_step < p_step;
    RETURN FOUND;
END $body$;

-- Use a recovery code: false when there is no such code, or it was used before.
CREATE FUNCTION access_use_recovery(p_account uuid, p_hash bytea, p_now timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER AS $body$
BEGIN
    UPDATE access_recovery_code SET used_at = p_now
    WHERE account_id = p_account AND code_hash = p_hash AND used_at IS NULL;
    RETURN FOUND;
END $body$;

-- The account behind an identity at a provider: the one linked to its subject. Without a link, and when a claim names
-- an account that is linked to no subject of this provider yet, that account, which is linked from now on. A name that
-- went to another person at the provider therefore opens nothing.
CREATE FUNCTION access_identified(
    p_id uuid, p_issuer text, p_subject text, p_username text, p_now timestamptz,
    OUT account uuid, OUT username text, OUT linked boolean)
LANGUAGE plpgsql SECURITY DEFINER AS $body$
BEGIN
    linked := false;
    SELECT a.id, a.username INTO account, username
    FROM access_identity i JOIN access_account a ON a.id = i.account_id
    WHERE i.issuer = p_issuer AND i.subject = p_subject AND a.active;
    IF account IS NULL AND p_username <> '' AND NOT EXISTS (
        SELECT FROM access_identity i WHERE i.issuer = p_issuer AND i.subject = p_subject) THEN
        INSERT INTO access_identity (id, account_id, area_code, issuer, subject, linked_by, created_at)
        SELECT p_id, a.id, a.area_code, p_issuer, p_subject, 'system:claim', p_now
        FROM access_account a
        WHERE a.username = p_username AND a.active
          AND NOT EXISTS (SELECT FROM access_identity i WHERE i.account_id = a.id AND i.issuer = p_issuer)
        ON CONFLICT DO NOTHING;
        linked := FOUND;
        SELECT a.id, a.username INTO account, username
        FROM access_identity i JOIN access_account a ON a.id = i.account_id
        WHERE i.issuer = p_issuer AND i.subject = p_subject AND a.active;
    END IF;
END $body$;

-- Use up the nonce of an identity token: false when the same token was brought before.
CREATE FUNCTION access_use_nonce(p_id uuid, p_hash bytea, p_until timestamptz, p_now timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER AS $body$
BEGIN
    DELETE FROM access_used_nonce WHERE expires_at < p_now;
    INSERT INTO access_used_nonce (id, nonce_hash, expires_at) VALUES (p_id, p_hash, p_until)
    ON CONFLICT (nonce_hash) DO NOTHING;
    RETURN FOUND;
END $body$;
