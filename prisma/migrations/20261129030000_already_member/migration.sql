-- How an account counts that the service calls a member already; null: UNPROCESSED, as for every request before.
ALTER TABLE "request" ADD COLUMN "already_member" "outcome_status",
  ADD CONSTRAINT "request_already_member" CHECK ("already_member" IN ('PROCESSED', 'UNPROCESSED'));
