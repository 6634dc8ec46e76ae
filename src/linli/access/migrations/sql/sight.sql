-- Who can see a part of some areas with a permission, and why: one row for each post and grant that opens it today.
-- It must see accounts, posts and grants outside the scope of who asks: a department of the district sees the village
-- too. The query asks only for areas in which the asker may review (queries/sight.py).
CREATE FUNCTION access_sight(p_areas text[], p_permission text, p_now timestamptz)
RETURNS TABLE (
    account uuid, username text, name text, unit uuid, unit_name text, account_area text, post uuid, post_title text,
    role text, role_name text, role_name_en text, target text, target_name text, area text, since date, until date,
    source text, factor boolean, last_sign_in_on date)
LANGUAGE plpgsql STABLE SECURITY DEFINER AS $body$
DECLARE
    day date := (p_now AT TIME ZONE 'Asia/Shanghai')::date;
BEGIN
    RETURN QUERY
    SELECT a.id, a.username, a.name, home.id, home.name, a.area_code, p.id, p.title, r.code, r.name, r.name_en,
           CASE WHEN g.target_area IS NOT NULL THEN 'area' WHEN u.id IS NOT NULL THEN 'unit' ELSE 'group' END,
           coalesce(u.name, s.name, ''), coalesce(g.target_area, u.area_code, member.code),
           greatest(h.since, g.since), least(h.until, g.until), h.source,
           EXISTS (SELECT FROM access_second_factor f WHERE f.account_id = a.id AND f.secret IS NOT NULL),
           a.last_sign_in_on
    FROM access_grant g
    JOIN access_role r ON r.id = g.role_id AND p_permission = ANY(r.permissions)
    JOIN access_post p ON p.id = g.post_id
    JOIN access_appointment h ON h.post_id = p.id AND h.since <= day AND (h.until IS NULL OR h.until > day)
    JOIN access_account a ON a.id = h.account_id AND a.active
    JOIN access_unit home ON home.id = a.unit_id
    LEFT JOIN access_unit u ON u.id = g.target_unit_id
    LEFT JOIN access_area_group s ON s.id = g.target_group_id
    LEFT JOIN LATERAL unnest(s.codes) AS member(code) ON true
    WHERE g.since <= day AND (g.until IS NULL OR g.until > day)
      AND EXISTS (SELECT FROM unnest(p_areas) AS asked(code)
                  WHERE asked.code ^@ coalesce(g.target_area, u.area_code, member.code)
                     OR coalesce(g.target_area, u.area_code, member.code) ^@ asked.code);
END $body$;
