-- Three administrators kept apart, and who can see what. Replaces access_administrators of functions.sql and
-- access_open_session of sign_in.sql; the rules at the top of functions.sql hold here too.

-- How many can today manage accounts, or roles, in a whole district, whichever is fewer. The last one must stay.
CREATE OR REPLACE FUNCTION access_administrators(p_now timestamptz) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER AS $body$
DECLARE
    day date := (p_now AT TIME ZONE 'Asia/Shanghai')::date;
BEGIN
    RETURN (
        WITH held AS (
            SELECT a.id, array_agg(permission) AS permissions
            FROM access_account a
            JOIN access_appointment h ON h.account_id = a.id AND h.since <= day AND (h.until IS NULL OR h.until > day)
            JOIN access_grant g ON g.post_id = h.post_id AND g.since <= day AND (g.until IS NULL OR g.until > day)
            JOIN access_role r ON r.id = g.role_id
            CROSS JOIN LATERAL unnest(r.permissions) AS permission
            LEFT JOIN access_unit u ON u.id = g.target_unit_id
            WHERE a.active AND length(coalesce(g.target_area, u.area_code)) = 6
            GROUP BY a.id
        )
        SELECT least(
            count(*) FILTER (WHERE permissions @> ARRAY['access.account.edit']
                             AND permissions && ARRAY['access.account.keep', 'access.role.edit']),
            count(*) FILTER (WHERE permissions @> ARRAY['access.grant.edit', 'access.role.edit']))
        FROM held);
END $body$;

-- Everything that accounts hold today or later who hold one of the permissions p_marks: those of administrators, whose
-- offices are kept apart. It must see rights outside the scope of who asks.
CREATE FUNCTION access_offices(p_marks text[], p_now timestamptz)
RETURNS TABLE (account uuid, permission text, area text, since date, until date)
LANGUAGE plpgsql STABLE SECURITY DEFINER AS $body$
DECLARE
    day date := (p_now AT TIME ZONE 'Asia/Shanghai')::date;
BEGIN
    RETURN QUERY
    WITH held AS (
        SELECT h.account_id AS who, r.permissions, coalesce(g.target_area, u.area_code, member.code) AS code,
               greatest(h.since, g.since) AS begins, least(h.until, g.until) AS ends
        FROM access_appointment h
        JOIN access_grant g ON g.post_id = h.post_id
        JOIN access_role r ON r.id = g.role_id
        LEFT JOIN access_unit u ON u.id = g.target_unit_id
        LEFT JOIN access_area_group a ON a.id = g.target_group_id
        LEFT JOIN LATERAL unnest(a.codes) AS member(code) ON true
        WHERE coalesce(g.target_area, u.area_code, member.code) IS NOT NULL
    ), ahead AS (
        SELECT * FROM held WHERE ends IS NULL OR (ends > day AND ends > begins)
    )
    SELECT DISTINCT ahead.who, allowed, ahead.code, ahead.begins, ahead.ends
    FROM ahead CROSS JOIN LATERAL unnest(ahead.permissions) AS allowed
    WHERE ahead.who IN (SELECT m.who FROM ahead m WHERE m.permissions && p_marks);
END $body$;

-- Everything that was asked for was right: as before, and the day of it is kept (no hour: nobody's work is watched).
CREATE OR REPLACE FUNCTION access_open_session(
    p_id uuid, p_account uuid, p_token bytea, p_now timestamptz, p_idle_until timestamptz, p_expires timestamptz,
    p_ip text, p_agent text, p_attempt uuid, p_name_hash bytea, p_forget timestamptz, p_method text, p_factor text)
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
         method, factor)
    SELECT p_id, p_token, a.id, a.area_code, p_now, p_now, p_idle_until, p_expires, p_ip, p_agent, p_method, p_factor
    FROM access_account a WHERE a.id = p_account AND a.active;
    RETURN FOUND;
END $body$;
