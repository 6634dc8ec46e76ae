-- The account behind an identity at a provider: the one linked to its subject. Without a link, and when a claim names
-- an account that is linked to no subject of this provider yet, that account, which is linked from now on. A name that
-- went to another person at the provider therefore opens nothing. `vouched`: somebody answers for the link; `proved`:
-- the holder of the account has come this way before and given a code of their own.
CREATE FUNCTION access_identified(
    p_id uuid, p_issuer text, p_subject text, p_username text, p_now timestamptz,
    OUT account uuid, OUT username text, OUT linked boolean, OUT identity uuid, OUT vouched boolean, OUT proved boolean)
LANGUAGE plpgsql SECURITY DEFINER AS $body$
BEGIN
    linked := false;
    IF p_username <> '' AND NOT EXISTS (
        SELECT FROM access_identity i WHERE i.issuer = p_issuer AND i.subject = p_subject) THEN
        INSERT INTO access_identity (id, account_id, area_code, issuer, subject, linked_by, vouched_by, created_at)
        SELECT p_id, a.id, a.area_code, p_issuer, p_subject, 'system:claim', 'system:claim', p_now
        FROM access_account a
        WHERE a.username = p_username AND a.active
          AND NOT EXISTS (SELECT FROM access_identity i WHERE i.account_id = a.id AND i.issuer = p_issuer)
        ON CONFLICT DO NOTHING;
        linked := FOUND;
    END IF;
    SELECT a.id, a.username, i.id, i.vouched_by <> '', i.proved_at IS NOT NULL
    INTO account, username, identity, vouched, proved
    FROM access_identity i JOIN access_account a ON a.id = i.account_id
    WHERE i.issuer = p_issuer AND i.subject = p_subject AND a.active;
END $body$;

-- The holder of the account has given a code of their own on the way through this link: false when it is gone.
CREATE FUNCTION access_prove_identity(p_identity uuid, p_account uuid, p_now timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER AS $body$
BEGIN
    UPDATE access_identity SET proved_at = COALESCE(proved_at, p_now)
    WHERE id = p_identity AND account_id = p_account;
    RETURN FOUND;
END $body$;
