-- Which restricted rows who acts reads (kernel.rls.read_by): a permission named room.readers.mark gives `mark` in its area, all of
-- them give `*`. Replaces access_begin of own_unit.sql, of which everything else stays as it was; the rules at the top of functions.sql hold here too.

CREATE OR REPLACE FUNCTION access_begin(p_token bytea, p_request text, p_now timestamptz, p_demand boolean, p_own boolean,
    p_issuer text)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER AS $body$
DECLARE
    found_session access_session;
    answer jsonb;
    seen jsonb;
    areas text[] := '{}';
    readers text[] := '{}';
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
        SELECT coalesce(array_agg(DISTINCT m.mark || ':' || m.area), '{}') INTO readers
        FROM (SELECT g ->> 'area' AS area, CASE WHEN p = '*' THEN p ELSE split_part(p, '.readers.', 2) END AS mark
              FROM jsonb_array_elements(answer -> 'grants') g, jsonb_array_elements_text(g -> 'permissions') p) m
        WHERE m.mark <> '';
        answer := answer || jsonb_build_object(
            'session', found_session.id, 'seen', found_session.last_seen_at);
    END IF;
    PERFORM set_config('linli.lo', coalesce(areas[1], ''), true),
            set_config('linli.hi', coalesce(areas[cardinality(areas)] || '~', ''), true),
            set_config('linli.one', CASE cardinality(areas) WHEN 1 THEN '1' ELSE '0' END, true),
            set_config('linli.scope', '{' || array_to_string(areas, ',') || '}', true),
            set_config('linli.actor', coalesce(answer ->> 'account', 'anonymous'), true),
            set_config('linli.request', p_request, true),
            set_config('linli.unit', CASE WHEN cardinality(areas) > 0 THEN answer ->> 'unit' ELSE '' END, true),
            set_config('linli.readers', '{' || array_to_string(readers, ',') || '}', true);
    RETURN answer;
END $body$;
