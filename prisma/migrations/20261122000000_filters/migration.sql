-- What lists filtered by anything are read from. Every index slows the writing, so there is one only where a list would
-- else walk through the record; the tables with a row an account (outcome, request_account) get as little as they can.

-- The operation of its request, so that the targets of a lane are found by it.
ALTER TABLE "target" ADD COLUMN "operation" "membership_operation";
UPDATE "target" t SET "operation" = r."operation" FROM "request" r WHERE r."id" = t."request_id";
ALTER TABLE "target" ALTER COLUMN "operation" SET NOT NULL;

-- When the first and the last of its outcomes settled: a list by time passes over a target whole. In no index, so that
-- a settlement still changes the row in its place.
ALTER TABLE "target" ADD COLUMN "first_settled_at" TIMESTAMPTZ(6), ADD COLUMN "last_settled_at" TIMESTAMPTZ(6);
UPDATE "target" t SET "first_settled_at" = o."first", "last_settled_at" = o."last"
FROM (SELECT "target_id", min("settled_at") AS "first", max("settled_at") AS "last" FROM "outcome" GROUP BY "target_id") o
WHERE o."target_id" = t."id";

-- The requests with an administrator, operation and status, newest first.
CREATE INDEX "request_administrator_operation_status_id_idx" ON "request" ("administrator", "operation", "status", "id");
-- The requests of one caller, likewise.
CREATE INDEX "request_caller_id_administrator_operation_status_id_idx" ON "request" ("caller_id", "administrator", "operation", "status", "id");
-- When the oldest request that has not finished was made: older targets have nothing open.
CREATE INDEX "request_open_idx" ON "request" ("created_at") WHERE "finished_at" IS NULL;
-- The requests that named an account, newest first. The one new index that accepting pays for by the account.
CREATE INDEX "request_account_account_id_request_id_idx" ON "request_account" ("account_id", "request_id");

-- The targets of a lane, newest first.
CREATE INDEX "target_lane_id_operation_id_idx" ON "target" ("lane_id", "operation", "id");
-- The targets of a lane where something went wrong, newest first. Most have none: they cost nothing.
CREATE INDEX "target_unprocessed_idx" ON "target" ("lane_id", "operation", "id") WHERE "unprocessed" > 0;
CREATE INDEX "target_failed_idx" ON "target" ("lane_id", "operation", "id") WHERE "failed" > 0;
CREATE INDEX "target_canceled_idx" ON "target" ("lane_id", "operation", "id") WHERE "canceled" > 0;

-- The outcomes that ended for a reason, newest first in each lane. Written only when something goes wrong.
CREATE INDEX "outcome_reason_idx" ON "outcome" ("reason_code", "lane_id", "target_id", "account_id") WHERE "reason_code" IS NOT NULL;

-- The calls of a lane by operation, newest first. One entry a call, never one an account.
CREATE INDEX "call_lane_id_operation_id_idx" ON "call" ("lane_id", "operation", "id");
-- The calls that were refused or not answered.
CREATE INDEX "call_exception_idx" ON "call" ("lane_id", "operation", "status", "id") WHERE "status" IN ('REFUSED', 'UNANSWERED');

-- The least target of a lane with an outcome that settled on a day, in UTC: where a list of what settled since then ends.
CREATE TABLE "settled_day" (
  "lane_id" INTEGER NOT NULL,
  "day" DATE NOT NULL,
  "first_target_id" BIGINT NOT NULL,
  CONSTRAINT "settled_day_pkey" PRIMARY KEY ("lane_id", "day"),
  CONSTRAINT "settled_day_lane_id_fkey" FOREIGN KEY ("lane_id") REFERENCES "lane" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT
);
INSERT INTO "settled_day" ("lane_id", "day", "first_target_id")
SELECT "lane_id", ("settled_at" AT TIME ZONE 'UTC')::date, min("target_id") FROM "outcome" WHERE "settled_at" IS NOT NULL GROUP BY 1, 2;

-- How many outcomes of one kind settled in an hour: what statistics are added up from. `reason` is empty where there is none,
-- as no part of a primary key may be null. Half of a page is left free, so that a row counts up in its place.
CREATE TABLE "settled_hour" (
  "hour" TIMESTAMPTZ(6) NOT NULL,
  "lane_id" INTEGER NOT NULL,
  "operation" "membership_operation" NOT NULL,
  "caller_id" TEXT NOT NULL,
  "status" "outcome_status" NOT NULL,
  "reason" TEXT NOT NULL,
  "outcomes" BIGINT NOT NULL,
  CONSTRAINT "settled_hour_pkey" PRIMARY KEY ("hour", "lane_id", "operation", "caller_id", "status", "reason"),
  CONSTRAINT "settled_hour_lane_id_fkey" FOREIGN KEY ("lane_id") REFERENCES "lane" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT
) WITH (fillfactor = 50);
INSERT INTO "settled_hour" ("hour", "lane_id", "operation", "caller_id", "status", "reason", "outcomes")
SELECT date_trunc('hour', o."settled_at", 'UTC'), o."lane_id", r."operation", r."caller_id", o."status", COALESCE(o."reason_code"::text, ''), count(*)
FROM "outcome" o JOIN "target" t ON t."id" = o."target_id" JOIN "request" r ON r."id" = t."request_id"
WHERE o."settled_at" IS NOT NULL
GROUP BY 1, 2, 3, 4, 5, 6;
