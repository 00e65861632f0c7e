"""How PostgreSQL itself is made to count what has ended."""

WATCH_ENDINGS = """
CREATE TABLE endings (run_id text);
CREATE FUNCTION note_ending() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN INSERT INTO endings VALUES (NEW.id); RETURN NEW; END';
CREATE TRIGGER ending AFTER UPDATE OF status ON runs FOR EACH ROW
  WHEN (NEW.status IN ('finished', 'failed', 'cancelled') AND NEW.status <> OLD.status)
  EXECUTE FUNCTION note_ending();
"""
"""The database itself counts how often a run has ended."""
