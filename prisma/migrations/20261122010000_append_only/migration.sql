-- What is final stays as it is. By triggers and not by grants: the gateway's role owns the tables, and an owner has every right.

-- When everything of a request but itself and its counts was erased for its age, and when its e-mail addresses were.
ALTER TABLE "request" ADD COLUMN "erased_at" TIMESTAMPTZ(6), ADD COLUMN "emails_erased_at" TIMESTAMPTZ(6);
-- Its outcomes are gone: no list looks into it.
ALTER TABLE "target" ADD COLUMN "erased_at" TIMESTAMPTZ(6);

-- Where the record begins: no target below it has outcomes. Its one row is there from the beginning.
CREATE TABLE "kept_from" (
  "id" INTEGER NOT NULL,
  "target_id" BIGINT NOT NULL,
  CONSTRAINT "kept_from_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "kept_from_one_row" CHECK ("id" = 1)
);
INSERT INTO "kept_from" ("id", "target_id") VALUES (1, 0);

CREATE FUNCTION "refuse_change_of_final"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a final row of % is not changed: the record is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

-- Retention says gateway.erasing in its transaction, and even then nothing goes that settled in the last 28 days.
CREATE FUNCTION "refuse_delete_unless_erasing"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('gateway.erasing', true) = 'on' THEN
    IF TG_TABLE_NAME = 'send' THEN RETURN OLD; END IF;
    IF OLD.settled_at < now() - interval '28 days' THEN RETURN OLD; END IF;
  END IF;
  RAISE EXCEPTION 'a row of % is not deleted: the record is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

-- The conditions are looked at before the functions are called: a settlement of rows that are open calls none.
CREATE TRIGGER "outcome_is_final" BEFORE UPDATE ON "outcome" FOR EACH ROW
  WHEN (OLD."settled_at" IS NOT NULL) EXECUTE FUNCTION "refuse_change_of_final"();
-- A call that was not answered may still learn of its answer.
CREATE TRIGGER "call_is_final" BEFORE UPDATE ON "call" FOR EACH ROW
  WHEN (OLD."settled_at" IS NOT NULL AND OLD."status" IN ('ANSWERED', 'REFUSED')) EXECUTE FUNCTION "refuse_change_of_final"();
CREATE TRIGGER "send_is_final" BEFORE UPDATE ON "send" FOR EACH ROW EXECUTE FUNCTION "refuse_change_of_final"();

CREATE TRIGGER "outcome_is_kept" BEFORE DELETE ON "outcome" FOR EACH ROW EXECUTE FUNCTION "refuse_delete_unless_erasing"();
CREATE TRIGGER "call_is_kept" BEFORE DELETE ON "call" FOR EACH ROW EXECUTE FUNCTION "refuse_delete_unless_erasing"();
CREATE TRIGGER "send_is_kept" BEFORE DELETE ON "send" FOR EACH ROW EXECUTE FUNCTION "refuse_delete_unless_erasing"();

CREATE TRIGGER "outcome_is_not_truncated" BEFORE TRUNCATE ON "outcome" EXECUTE FUNCTION "refuse_change_of_final"();
CREATE TRIGGER "call_is_not_truncated" BEFORE TRUNCATE ON "call" EXECUTE FUNCTION "refuse_change_of_final"();
CREATE TRIGGER "send_is_not_truncated" BEFORE TRUNCATE ON "send" EXECUTE FUNCTION "refuse_change_of_final"();
