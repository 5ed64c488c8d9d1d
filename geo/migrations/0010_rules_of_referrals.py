"""What no program may do to a referral, whatever it means to: the last wall of the rules."""

from django.db import migrations

# The same pairs as `geo.referral_states.MOVES`; a test compares the two.
MOVES = """
CREATE FUNCTION geo_check_referral_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
        ('draft', 'sent'), ('draft', 'held'),
        ('held', 'sent'), ('held', 'withdrawn'),
        ('sent', 'held'), ('sent', 'acknowledged'), ('sent', 'accepted'), ('sent', 'refused'),
        ('sent', 'redirected'), ('sent', 'expired'), ('sent', 'withdrawn'),
        ('acknowledged', 'accepted'), ('acknowledged', 'refused'), ('acknowledged', 'redirected'),
        ('acknowledged', 'expired'), ('acknowledged', 'withdrawn'),
        ('accepted', 'met'), ('accepted', 'completed'), ('accepted', 'lapsed'),
        ('accepted', 'withdrawn'),
        ('met', 'completed'), ('met', 'withdrawn')
    ) THEN
        RAISE EXCEPTION 'A referral does not go from % to %.', OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'referral_moves_as_drawn';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER referral_moves_as_drawn BEFORE UPDATE OF status ON geo_referral
FOR EACH ROW EXECUTE FUNCTION geo_check_referral_move();
"""

# Checked when the transaction ends, since the move is written before its trace.
TRACED = """
CREATE FUNCTION geo_check_referral_trace() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM geo_referral WHERE id = NEW.id AND status = NEW.status)
       AND NOT EXISTS (
           SELECT 1 FROM geo_referralevent WHERE referral_id = NEW.id AND to_status = NEW.status
       )
    THEN
        RAISE EXCEPTION 'A referral was moved and nobody wrote down by whom.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'referral_is_traced';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER referral_is_traced AFTER INSERT OR UPDATE OF status ON geo_referral
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION geo_check_referral_trace();
"""

# A draft goes when its writer wants; the rest only by the purge, which says so for its transaction.
ERASED = """
CREATE FUNCTION geo_check_referral_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = 'draft'
       OR (OLD.closed_at IS NOT NULL AND current_setting('repere.purging', true) = 'on')
    THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'A referral is erased by the purge only: withdraw it instead.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'referral_is_erased_by_the_purge';
END $$;

CREATE TRIGGER referral_is_erased_by_the_purge BEFORE DELETE ON geo_referral
FOR EACH ROW EXECUTE FUNCTION geo_check_referral_erased();

CREATE FUNCTION geo_check_referral_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        -- An account is closed: who it was is forgotten, that somebody acted is not.
        IF NEW.actor_user_id IS NULL AND (NEW.id, NEW.referral_id, NEW.from_status, NEW.to_status,
            NEW.actor_kind, NEW.at) = (OLD.id, OLD.referral_id, OLD.from_status, OLD.to_status,
            OLD.actor_kind, OLD.at)
        THEN
            RETURN NEW;
        END IF;
    ELSIF EXISTS (
        SELECT 1 FROM geo_referral AS referral
        WHERE referral.id = OLD.referral_id AND (
            referral.status = 'draft'
            OR (referral.closed_at IS NOT NULL
                AND current_setting('repere.purging', true) = 'on'))
    ) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'The trace of a referral is never changed, and goes with it.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'referralevent_is_final';
END $$;

CREATE TRIGGER referralevent_is_final BEFORE UPDATE OR DELETE ON geo_referralevent
FOR EACH ROW EXECUTE FUNCTION geo_check_referral_event();
"""

# One line after the other: the lock holds until the transaction ends, so that each line knows the
# digest of the one before.
CHAINED = """
CREATE FUNCTION geo_chain_audit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    previous bytea;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('geo_referralaudit'));
    -- The number is taken under the lock, so that the order of numbers is the order of the chain.
    NEW.id := nextval(pg_get_serial_sequence('geo_referralaudit', 'id'));
    SELECT digest INTO previous FROM geo_referralaudit ORDER BY id DESC LIMIT 1;
    NEW.digest := geo_digest_audit(coalesce(previous, ''::bytea), NEW);
    RETURN NEW;
END $$;

CREATE FUNCTION geo_digest_audit(previous bytea, line geo_referralaudit) RETURNS bytea
LANGUAGE sql STABLE AS $$
    SELECT sha256(previous || convert_to(concat_ws('|', line.id, extract(epoch FROM line.at),
        line.actor, line.organization, line.verb, encode(line.pseudonym, 'hex'), line.ok), 'UTF8'))
$$;

CREATE TRIGGER referralaudit_is_chained BEFORE INSERT ON geo_referralaudit
FOR EACH ROW EXECUTE FUNCTION geo_chain_audit();

CREATE FUNCTION geo_check_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.at < now() - interval '12 months' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'The audit trail is never changed, and kept for 12 months.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'referralaudit_is_final';
END $$;

CREATE TRIGGER referralaudit_is_final BEFORE UPDATE OR DELETE ON geo_referralaudit
FOR EACH ROW EXECUTE FUNCTION geo_check_audit();
"""

EMPTIED = """
CREATE FUNCTION geo_refuse_to_empty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'This table is never emptied.'
        USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
END $$;

CREATE TRIGGER referralevent_is_not_emptied BEFORE TRUNCATE ON geo_referralevent
FOR EACH STATEMENT EXECUTE FUNCTION geo_refuse_to_empty();
CREATE TRIGGER referralaudit_is_not_emptied BEFORE TRUNCATE ON geo_referralaudit
FOR EACH STATEMENT EXECUTE FUNCTION geo_refuse_to_empty();
"""


class Migration(migrations.Migration):
    """Moves as they are drawn, each with its trace; nothing erased early; a chained audit trail."""

    dependencies = [("geo", "0009_network_and_referrals")]

    operations = [
        migrations.RunSQL(
            MOVES,
            "DROP TRIGGER referral_moves_as_drawn ON geo_referral;"
            "DROP FUNCTION geo_check_referral_move();",
        ),
        migrations.RunSQL(
            TRACED,
            "DROP TRIGGER referral_is_traced ON geo_referral;"
            "DROP FUNCTION geo_check_referral_trace();",
        ),
        migrations.RunSQL(
            ERASED,
            "DROP TRIGGER referral_is_erased_by_the_purge ON geo_referral;"
            "DROP TRIGGER referralevent_is_final ON geo_referralevent;"
            "DROP FUNCTION geo_check_referral_erased();"
            "DROP FUNCTION geo_check_referral_event();",
        ),
        migrations.RunSQL(
            CHAINED,
            "DROP TRIGGER referralaudit_is_chained ON geo_referralaudit;"
            "DROP TRIGGER referralaudit_is_final ON geo_referralaudit;"
            "DROP FUNCTION geo_chain_audit();"
            "DROP FUNCTION geo_digest_audit(bytea, geo_referralaudit);"
            "DROP FUNCTION geo_check_audit();",
        ),
        migrations.RunSQL(
            EMPTIED,
            "DROP TRIGGER referralevent_is_not_emptied ON geo_referralevent;"
            "DROP TRIGGER referralaudit_is_not_emptied ON geo_referralaudit;"
            "DROP FUNCTION geo_refuse_to_empty();",
        ),
    ]
