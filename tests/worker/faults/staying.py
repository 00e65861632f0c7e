"""How PostgreSQL itself is made to keep a run in a stage, so that whoever works on it can be killed there however short it is."""

KEEP_IN_STAGES = """
CREATE TABLE kept_stages (stage text);
CREATE FUNCTION stay() RETURNS trigger LANGUAGE plpgsql AS '
  BEGIN
    WHILE EXISTS (SELECT FROM kept_stages WHERE stage = OLD.stage) LOOP PERFORM pg_sleep(0.02); END LOOP;
    RETURN NEW;
  END';
CREATE TRIGGER staying BEFORE UPDATE OF stage, status ON runs FOR EACH ROW
  WHEN (NEW.stage <> OLD.stage OR NEW.status <> OLD.status)
  EXECUTE FUNCTION stay();
"""
"""Nobody gets a run out of a stage that is in the table, nor to its end."""
