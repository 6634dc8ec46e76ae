-- What the role of the public doors may ask. It has no right on any table: this function, with its owner's rights and a
-- search path of its own, is all it gets. Nothing of a home comes out but the areas and the compound it lies in.
CREATE FUNCTION public_door(p_code text) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER AS $body$
DECLARE
    today date := (now() AT TIME ZONE 'Asia/Shanghai')::date;
    lo text := current_setting('linli.lo', true);
    hi text := current_setting('linli.hi', true);
    one text := current_setting('linli.one', true);
    answer jsonb;
BEGIN
    -- Row-level security binds the owner too. The caller's own areas, if it has any, are put back at the end.
    PERFORM set_config('linli.lo', '', true), set_config('linli.hi', '~', true), set_config('linli.one', '1', true);
    SELECT jsonb_build_object(
        'district', district.name,
        'town', town.short_name,
        'village', village.short_name,
        'kind', village.kind,
        'grid', grid.name,
        'compound', compound.name,
        -- Those who stand for the grid, then for its village, today, and whose number is given out.
        'staff', coalesce((
            SELECT jsonb_agg(jsonb_build_object('duty', s.duty, 'name', a.name, 'phone', s.public_phone)
                             ORDER BY length(s.area_code) DESC, s.duty DESC, s.since, s.id)
            FROM places_grid_staff s JOIN access_account a ON a.id = s.account_id AND a.active
            WHERE s.area_code IN (home.area_code, left(home.area_code, 12)) AND length(s.area_code) >= 12
              AND s.public_phone <> '' AND s.since <= today AND (s.until IS NULL OR s.until > today)), '[]'))
    INTO answer
    FROM places_dwelling_code code
    JOIN places_dwelling home ON home.id = code.dwelling_id
    LEFT JOIN places_compound compound ON compound.id = home.compound_id
    LEFT JOIN places_grid grid ON grid.code = home.area_code
    LEFT JOIN places_region village ON village.code = left(home.area_code, 12)
    LEFT JOIN places_region town ON town.code = left(home.area_code, 9)
    LEFT JOIN places_region district ON district.code = left(home.area_code, 6)
    WHERE code.code = p_code;
    PERFORM set_config('linli.lo', coalesce(lo, ''), true), set_config('linli.hi', coalesce(hi, ''), true),
            set_config('linli.one', coalesce(one, ''), true);
    RETURN answer;
END $body$;
