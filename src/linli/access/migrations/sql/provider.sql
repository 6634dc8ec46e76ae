-- Sessions that an identity provider opened. Replaces access_begin of sign_in.sql and access_open_session of offices.sql; the
-- rules at the top of functions.sql hold here too.

-- Begin a request: who is it, and set the scope of this transaction. An account has no scope before its one-time
-- password is changed (it does not matter to who comes from the provider), nor before it has the second factor that
-- p_demand (everyone) or one of its roles asks for. While it sees as another account, the scope is that account's and
-- 'viewer' is who looks; p_own asks for the own one all the same, with which a view is ended. A session that a provider
-- opened holds while that provider (p_issuer) is the one set up.
CREATE FUNCTION access_begin(p_token bytea, p_request text, p_now timestamptz, p_demand boolean, p_own boolean,
    p_issuer text)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER AS $body$
DECLARE
    found_session access_session;
    answer jsonb;
    seen jsonb;
    areas text[] := '{}';
BEGIN
    SELECT * INTO found_session FROM access_session
    WHERE token_hash = p_token AND expires_at > p_now AND idle_until > p_now
      AND (method <> 'oidc' OR (p_issuer <> '' AND issuer = p_issuer));
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

-- Everything that was asked for was right: as before, and by which provider, and whether the person
-- has just proved there who they are.
CREATE FUNCTION access_open_session(
    p_id uuid, p_account uuid, p_token bytea, p_now timestamptz, p_idle_until timestamptz, p_expires timestamptz,
    p_ip text, p_agent text, p_attempt uuid, p_name_hash bytea, p_forget timestamptz, p_method text, p_factor text,
    p_issuer text DEFAULT '', p_proved boolean DEFAULT false)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER AS $body$
BEGIN
    UPDATE access_account
    SET failed_count = 0, locked_until = NULL, last_sign_in_on = (p_now AT TIME ZONE 'Asia/Shanghai')::date
    WHERE id = p_account;
    DELETE FROM access_session WHERE account_id = p_account AND (expires_at <= p_now OR idle_until <= p_now);
    DELETE FROM access_attempt WHERE at < p_forget;
    IF p_method = 'password' OR p_factor IN ('totp', 'recovery') THEN  -- only what was counted is taken off again
        INSERT INTO access_attempt (id, at, name_hash, ip, outcome)
        VALUES (p_attempt, p_now, p_name_hash, p_ip, 'signed_in');
    END IF;
    INSERT INTO access_session
        (id, token_hash, account_id, area_code, created_at, last_seen_at, idle_until, expires_at, ip, user_agent,
         method, factor, issuer, proved_at)
    SELECT p_id, p_token, a.id, a.area_code, p_now, p_now, p_idle_until, p_expires, p_ip, p_agent, p_method, p_factor,
           p_issuer, CASE WHEN p_proved THEN p_now END
    FROM access_account a WHERE a.id = p_account AND a.active;
    RETURN FOUND;
END $body$;
