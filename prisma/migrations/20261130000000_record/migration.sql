-- The record: requests, their targets and accounts, one outcome for each account at each target, and every AWS call.

CREATE TYPE "security_service" AS ENUM ('GUARDDUTY', 'SECURITY_HUB');
CREATE TYPE "membership_operation" AS ENUM ('CREATE_MEMBERS', 'INVITE_MEMBERS', 'DISASSOCIATE_MEMBERS', 'DELETE_MEMBERS');
CREATE TYPE "request_status" AS ENUM ('PENDING', 'RUNNING', 'SUCCEEDED', 'PARTIALLY_SUCCEEDED', 'FAILED', 'CANCELED');
CREATE TYPE "outcome_status" AS ENUM ('PENDING', 'IN_FLIGHT', 'PROCESSED', 'UNPROCESSED', 'FAILED', 'CANCELED');
CREATE TYPE "reason_code" AS ENUM (
  'ALREADY_MEMBER', 'ALREADY_INVITED', 'SELF', 'OTHER_ADMINISTRATOR', 'MEMBER_LIMIT_REACHED', 'INVITATION_LIMIT_REACHED',
  'EMAIL_MISSING', 'EMAIL_INVALID', 'ACCOUNT_INVALID', 'NOT_CREATED', 'NOT_ASSOCIATED', 'STILL_ASSOCIATED',
  'ORGANIZATION_ADMINISTRATOR_NOT_ENABLED', 'MANAGED_BY_ORGANIZATION', 'SERVICE_NOT_ENABLED', 'DETECTOR_NOT_FOUND',
  'ACCESS_DENIED', 'BATCH_LIMIT_EXCEEDED', 'THROTTLED', 'INTERNAL_ERROR', 'UNREACHABLE', 'OTHER'
);
CREATE TYPE "call_status" AS ENUM ('SENT', 'ANSWERED', 'REFUSED', 'UNANSWERED');
CREATE TYPE "actor_kind" AS ENUM ('USER', 'TOKEN', 'LOCAL');
CREATE TYPE "caller_role" AS ENUM ('VIEWER', 'OPERATOR', 'ADMIN');
CREATE TYPE "member_status" AS ENUM (
  'CREATED', 'INVITED', 'ENABLED', 'DISABLED', 'REMOVED', 'RESIGNED', 'DELETED', 'EMAIL_VERIFICATION_IN_PROGRESS',
  'EMAIL_VERIFICATION_FAILED', 'ACCOUNT_SUSPENDED', 'NOT_A_MEMBER', 'OTHER'
);

CREATE TABLE "lane" (
  "id" SERIAL NOT NULL,
  "administrator" TEXT NOT NULL,
  "service" "security_service" NOT NULL,
  "region" TEXT NOT NULL,
  "holder" UUID,
  "held_since" TIMESTAMPTZ(6),
  "replica" UUID,
  "quota_back_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "reads_back_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "lane_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "lane_administrator_service_region_key" ON "lane" ("administrator", "service", "region");

-- Requests.

CREATE TABLE "request" (
  "id" UUID NOT NULL,
  "operation" "membership_operation" NOT NULL,
  "status" "request_status" NOT NULL DEFAULT 'PENDING',
  "administrator" TEXT NOT NULL,
  "caller_id" TEXT NOT NULL,
  "caller_name" TEXT,
  "caller_kind" "actor_kind" NOT NULL,
  "note" TEXT,
  "idempotency_key" TEXT,
  "holds_key" BOOLEAN NOT NULL DEFAULT false,
  "input_hash" TEXT NOT NULL,
  "message" TEXT,
  "disable_email_notification" BOOLEAN,
  "follow_up_days" INTEGER,
  "already_member" "outcome_status",
  "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "started_at" TIMESTAMPTZ(6),
  "finished_at" TIMESTAMPTZ(6),
  "open_targets" INTEGER NOT NULL,
  "total" INTEGER NOT NULL,
  "processed" INTEGER NOT NULL DEFAULT 0,
  "canceled" INTEGER NOT NULL DEFAULT 0,
  "retry_of" UUID,
  "erased_at" TIMESTAMPTZ(6),
  "emails_erased_at" TIMESTAMPTZ(6),
  "token_id" UUID,
  "source_address" TEXT,
  "user_agent" TEXT,
  "http_request_id" TEXT,
  "traceparent" TEXT,
  CONSTRAINT "request_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "request_retry_of_fkey" FOREIGN KEY ("retry_of") REFERENCES "request" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  -- A request has finished exactly when none of its targets is open.
  CONSTRAINT "request_finished" CHECK (("open_targets" = 0) = ("finished_at" IS NOT NULL)),
  CONSTRAINT "request_open_targets" CHECK ("open_targets" >= 0),
  CONSTRAINT "request_follow_up_days" CHECK ("follow_up_days" BETWEEN 1 AND 30),
  CONSTRAINT "request_already_member" CHECK ("already_member" IN ('PROCESSED', 'UNPROCESSED'))
);
-- The same key of the same caller finds the request that it made, as long as it is held. A person and a program may have the
-- same name: their keys are not each other's.
CREATE UNIQUE INDEX "request_held_key_idx" ON "request" ("caller_id", "caller_kind", "operation", "idempotency_key") WHERE "holds_key";
-- The requests with an administrator, operation and status, newest first; and those of one caller.
CREATE INDEX "request_administrator_operation_status_id_idx" ON "request" ("administrator", "operation", "status", "id");
CREATE INDEX "request_caller_id_administrator_operation_status_id_idx" ON "request" ("caller_id", "administrator", "operation", "status", "id");
-- When the oldest request that has not finished was made: older targets have nothing open.
CREATE INDEX "request_open_idx" ON "request" ("created_at") WHERE "finished_at" IS NULL;
-- The retries of a request, newest first.
CREATE INDEX "request_retry_of_idx" ON "request" ("retry_of", "id" DESC) WHERE "retry_of" IS NOT NULL;

-- An account of a request. No foreign key: one statement writes both, and a check for each row takes a third of the time.
CREATE TABLE "request_account" (
  "request_id" UUID NOT NULL,
  "account_id" TEXT NOT NULL,
  "email" TEXT,
  CONSTRAINT "request_account_pkey" PRIMARY KEY ("request_id", "account_id")
);
-- The requests that named an account, newest first.
CREATE INDEX "request_account_account_id_request_id_idx" ON "request_account" ("account_id", "request_id");

-- A target of a request is its own queue: its accounts are handed out in the order of their ids, up to `handed_out_to`.
CREATE TABLE "target" (
  "id" BIGSERIAL NOT NULL,
  "request_id" UUID NOT NULL,
  "lane_id" INTEGER NOT NULL,
  "operation" "membership_operation" NOT NULL,
  "batch_key" TEXT NOT NULL,
  "detector_id" TEXT,
  "detector_pinned" BOOLEAN NOT NULL,
  "turn" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "handed_out_to" TEXT NOT NULL DEFAULT '',
  "took_ahead" BOOLEAN NOT NULL DEFAULT false,
  "total" INTEGER NOT NULL,
  "pending" INTEGER NOT NULL,
  "in_flight" INTEGER NOT NULL DEFAULT 0,
  "processed" INTEGER NOT NULL DEFAULT 0,
  "unprocessed" INTEGER NOT NULL DEFAULT 0,
  "failed" INTEGER NOT NULL DEFAULT 0,
  "canceled" INTEGER NOT NULL DEFAULT 0,
  "canceled_at" TIMESTAMPTZ(6),
  -- In no index, so that a settlement changes the row in its place.
  "first_settled_at" TIMESTAMPTZ(6),
  "last_settled_at" TIMESTAMPTZ(6),
  "erased_at" TIMESTAMPTZ(6),
  CONSTRAINT "target_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "target_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "request" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  CONSTRAINT "target_lane_id_fkey" FOREIGN KEY ("lane_id") REFERENCES "lane" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  -- Every outcome is counted in exactly one place.
  CONSTRAINT "target_counts" CHECK ("total" = "pending" + "in_flight" + "processed" + "unprocessed" + "failed" + "canceled"),
  CONSTRAINT "target_counts_positive" CHECK (LEAST("pending", "in_flight", "processed", "unprocessed", "failed", "canceled") >= 0)
);
-- The waiting targets of a lane, the longest unserved first.
CREATE INDEX "target_waiting_idx" ON "target" ("lane_id", "turn") WHERE "pending" > 0;
-- Those of them that have accounts to hand out in order.
CREATE INDEX "target_in_order_idx" ON "target" ("lane_id", "id") WHERE "pending" > 0 AND "handed_out_to" <> '9999999999999';
-- Whether a request went to a lane is told by either index alone.
CREATE INDEX "target_request_id_lane_id_idx" ON "target" ("request_id", "lane_id");
CREATE INDEX "target_lane_id_request_id_idx" ON "target" ("lane_id", "request_id");
-- The targets of a lane, newest first; and those in which something went wrong.
CREATE INDEX "target_lane_id_operation_id_idx" ON "target" ("lane_id", "operation", "id");
CREATE INDEX "target_unprocessed_idx" ON "target" ("lane_id", "operation", "id") WHERE "unprocessed" > 0;
CREATE INDEX "target_failed_idx" ON "target" ("lane_id", "operation", "id") WHERE "failed" > 0;
CREATE INDEX "target_canceled_idx" ON "target" ("lane_id", "operation", "id") WHERE "canceled" > 0;

-- Accounts that a target hands out one by one, and not in order. A row goes when its account has ended.
CREATE TABLE "queued_account" (
  "target_id" BIGINT NOT NULL,
  "account_id" TEXT NOT NULL,
  "lane_id" INTEGER NOT NULL,
  "due_at" TIMESTAMPTZ(6),
  "call_ids" UUID[] NOT NULL,
  CONSTRAINT "queued_account_pkey" PRIMARY KEY ("target_id", "account_id")
);
-- What a claim takes next from a target.
CREATE INDEX "queued_account_due_idx" ON "queued_account" ("target_id", "due_at", "account_id") WHERE "due_at" IS NOT NULL;
-- Which requests ask for an account: a claim looks for others of its lane, and lists show the newest first.
CREATE INDEX "queued_account_account_id_target_id_idx" ON "queued_account" ("account_id", "target_id" DESC);

-- Calls.

CREATE TABLE "call" (
  "id" UUID NOT NULL,
  "lane_id" INTEGER NOT NULL,
  "operation" "membership_operation" NOT NULL,
  "status" "call_status" NOT NULL DEFAULT 'SENT',
  "detector_id" TEXT,
  "account_count" INTEGER NOT NULL,
  "started_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "finished_at" TIMESTAMPTZ(6),
  "settled_at" TIMESTAMPTZ(6),
  "http_status" INTEGER,
  "aws_request_id" TEXT,
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "error_code" TEXT,
  "error_message" TEXT,
  "unprocessed" JSONB,
  "late_answer" JSONB,
  "read_back_error" TEXT,
  "resolved_by" TEXT,
  "resolution" TEXT,
  CONSTRAINT "call_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "call_lane_id_fkey" FOREIGN KEY ("lane_id") REFERENCES "lane" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  CONSTRAINT "call_account_count" CHECK ("account_count" BETWEEN 1 AND 50),
  CONSTRAINT "call_resolution_has_a_name" CHECK (("resolved_by" IS NULL) = ("resolution" IS NULL))
);
-- The calls of a lane that are not settled. On an expression of its own: by lane_id alone the planner would rather take one of the
-- other indexes, which have all calls of the lane.
CREATE INDEX "call_unsettled_idx" ON "call" (("lane_id"::BIGINT)) WHERE "settled_at" IS NULL;
-- The calls of a lane, newest first; by operation; and those that were refused or not answered.
CREATE INDEX "call_lane_id_id_idx" ON "call" ("lane_id", "id" DESC);
CREATE INDEX "call_lane_id_operation_id_idx" ON "call" ("lane_id", "operation", "id");
CREATE INDEX "call_exception_idx" ON "call" ("lane_id", "operation", "status", "id") WHERE "status" IN ('REFUSED', 'UNANSWERED');

CREATE TABLE "send" (
  "call_id" UUID NOT NULL,
  "target_id" BIGINT NOT NULL,
  "account_ids" TEXT[],
  CONSTRAINT "send_pkey" PRIMARY KEY ("call_id", "target_id"),
  CONSTRAINT "send_call_id_fkey" FOREIGN KEY ("call_id") REFERENCES "call" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT
);
-- The calls of a request, newest first.
CREATE INDEX "send_target_id_call_id_idx" ON "send" ("target_id", "call_id" DESC);

-- Outcomes: a row is written when the end of its account is known, and never changed.

CREATE TABLE "outcome" (
  "target_id" BIGINT NOT NULL,
  "account_id" TEXT NOT NULL,
  "lane_id" INTEGER NOT NULL,
  "status" "outcome_status" NOT NULL,
  "reason_code" "reason_code",
  "reason" TEXT,
  "settled_at" TIMESTAMPTZ(6) NOT NULL,
  "call_ids" UUID[] NOT NULL,
  CONSTRAINT "outcome_pkey" PRIMARY KEY ("target_id", "account_id"),
  CONSTRAINT "outcome_is_an_end" CHECK ("status" NOT IN ('PENDING', 'IN_FLIGHT'))
);
-- The outcomes of one account, newest first.
CREATE INDEX "outcome_account_id_target_id_idx" ON "outcome" ("account_id", "target_id" DESC);
-- What went wrong, of one request or of all; and by its reason in each lane. Other outcomes are in neither.
CREATE INDEX "outcome_exception_idx" ON "outcome" ("status", "target_id", "account_id") WHERE "status" IN ('UNPROCESSED', 'FAILED', 'CANCELED');
CREATE INDEX "outcome_reason_idx" ON "outcome" ("reason_code", "lane_id", "target_id", "account_id") WHERE "reason_code" IS NOT NULL;

-- The outcomes that are handed out and have not ended, with the columns of outcome.
CREATE VIEW "handed_out_outcome" AS
-- One by one: queued, or in the last of their calls.
SELECT q."target_id", q."account_id", q."lane_id",
  (CASE WHEN q."due_at" IS NULL THEN 'IN_FLIGHT' ELSE 'PENDING' END)::"outcome_status" AS "status",
  NULL::"reason_code" AS "reason_code", NULL::TEXT AS "reason", NULL::TIMESTAMPTZ(6) AS "settled_at", q."call_ids"
FROM "queued_account" q
UNION ALL
-- In order: in the call that took them. OFFSET 0 makes the planner go from the few open calls to what they carry.
SELECT s."target_id", sent."account_id", c."lane_id", 'IN_FLIGHT', NULL, NULL, NULL, ARRAY[c."id"]
FROM "call" c
CROSS JOIN LATERAL (SELECT "target_id", "account_ids" FROM "send" WHERE "call_id" = c."id" OFFSET 0) s
CROSS JOIN LATERAL unnest(s."account_ids") AS sent ("account_id")
WHERE c."settled_at" IS NULL
  AND NOT EXISTS (SELECT FROM "queued_account" q WHERE q."target_id" = s."target_id" AND q."account_id" = sent."account_id" OFFSET 0)
  AND NOT EXISTS (SELECT FROM "outcome" o WHERE o."target_id" = s."target_id" AND o."account_id" = sent."account_id" OFFSET 0);

-- All outcomes that have not ended.
CREATE VIEW "open_outcome" AS
SELECT * FROM "handed_out_outcome"
UNION ALL
SELECT t."id", a."account_id", t."lane_id", 'PENDING', NULL, NULL, NULL, '{}'
FROM "target" t JOIN "request_account" a ON a."request_id" = t."request_id" AND a."account_id" > t."handed_out_to"
WHERE t."pending" > 0 AND t."handed_out_to" <> '9999999999999'
  AND NOT (t."took_ahead" AND (
    EXISTS (SELECT FROM "queued_account" q WHERE q."target_id" = t."id" AND q."account_id" = a."account_id" OFFSET 0)
    OR EXISTS (SELECT FROM "outcome" o WHERE o."target_id" = t."id" AND o."account_id" = a."account_id" OFFSET 0)
  ));

-- Counts and bounds that lists and statistics read in place of outcomes.

-- The number of outcomes of one kind that settled in an hour. `reason` is empty where there is none, since no part of a primary
-- key may be null. Half of a page is free, so that a row counts up in its place.
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

-- The least target of a lane with an outcome that settled on a day, in UTC: a list of what settled since then ends there.
CREATE TABLE "settled_day" (
  "lane_id" INTEGER NOT NULL,
  "day" DATE NOT NULL,
  "first_target_id" BIGINT NOT NULL,
  CONSTRAINT "settled_day_pkey" PRIMARY KEY ("lane_id", "day"),
  CONSTRAINT "settled_day_lane_id_fkey" FOREIGN KEY ("lane_id") REFERENCES "lane" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT
);

-- The target below which no target has outcomes. It has one row from the beginning.
CREATE TABLE "kept_from" (
  "id" INTEGER NOT NULL,
  "target_id" BIGINT NOT NULL,
  CONSTRAINT "kept_from_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "kept_from_one_row" CHECK ("id" = 1)
);
INSERT INTO "kept_from" ("id", "target_id") VALUES (1, 0);

-- What is final is not changed. By triggers and not by grants: the gateway's role owns the tables, and an owner has every right.

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

CREATE TRIGGER "outcome_is_final" BEFORE UPDATE ON "outcome" FOR EACH ROW EXECUTE FUNCTION "refuse_change_of_final"();
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

-- Members that are followed after their outcomes are final, on a schedule that all replicas share.

-- A target that is followed as soon as none of its outcomes is open. The row goes when its accounts come into followed_member.
CREATE TABLE "follow_up" (
  "target_id" BIGINT NOT NULL,
  "until" TIMESTAMPTZ(6) NOT NULL,
  CONSTRAINT "follow_up_pkey" PRIMARY KEY ("target_id"),
  CONSTRAINT "follow_up_target_id_fkey" FOREIGN KEY ("target_id") REFERENCES "target" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT
);

-- The status of a member at its last read, and the time of the next one. No foreign keys, as in outcome.
CREATE TABLE "followed_member" (
  "target_id" BIGINT NOT NULL,
  "account_id" TEXT NOT NULL,
  "lane_id" INTEGER NOT NULL,
  "until" TIMESTAMPTZ(6) NOT NULL,
  "looks" INTEGER NOT NULL DEFAULT 0,
  "next_look_at" TIMESTAMPTZ(6),
  "member_status" TEXT,
  "member_status_at" TIMESTAMPTZ(6),
  CONSTRAINT "followed_member_pkey" PRIMARY KEY ("target_id", "account_id"),
  CONSTRAINT "followed_member_seen" CHECK (("member_status" IS NULL) = ("member_status_at" IS NULL))
);
-- What a lane reads next. Holds only what is still followed.
CREATE INDEX "followed_member_due_idx" ON "followed_member" ("lane_id", "next_look_at") WHERE "next_look_at" IS NOT NULL;

-- The inventory: all members of each target, as the service listed them when it was last asked for all of them.

-- The state of a target's inventory. What was observed and has not changed is not written again: its age is here.
CREATE TABLE "inventory" (
  "lane_id" INTEGER NOT NULL,
  "wanted_at" TIMESTAMPTZ(6),
  "tried_at" TIMESTAMPTZ(6),
  "reason_code" "reason_code",
  "reason" TEXT,
  "observed_at" TIMESTAMPTZ(6),
  "members" INTEGER,
  CONSTRAINT "inventory_pkey" PRIMARY KEY ("lane_id"),
  CONSTRAINT "inventory_lane_id_fkey" FOREIGN KEY ("lane_id") REFERENCES "lane" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  CONSTRAINT "inventory_observed" CHECK (("observed_at" IS NULL) = ("members" IS NULL)),
  CONSTRAINT "inventory_reason" CHECK (("reason_code" IS NULL) = ("reason" IS NULL))
);

-- Every time that all members of a target were asked for.
CREATE TABLE "inventory_observation" (
  "id" UUID NOT NULL,
  "lane_id" INTEGER NOT NULL,
  "started_at" TIMESTAMPTZ(6) NOT NULL,
  "finished_at" TIMESTAMPTZ(6),
  "members" INTEGER,
  "reason_code" "reason_code",
  "reason" TEXT,
  CONSTRAINT "inventory_observation_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "inventory_observation_lane_id_fkey" FOREIGN KEY ("lane_id") REFERENCES "lane" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  -- It is under way, or it was whole and counted its members, or it failed and says why.
  CONSTRAINT "inventory_observation_end" CHECK (
    num_nonnulls("members", "reason_code") = CASE WHEN "finished_at" IS NULL THEN 0 ELSE 1 END
    AND ("reason_code" IS NULL) = ("reason" IS NULL)
  )
);
-- One at a time.
CREATE UNIQUE INDEX "inventory_observation_open_idx" ON "inventory_observation" ("lane_id") WHERE "finished_at" IS NULL;

-- A row for each account at each target: no foreign key, as in outcome. In the order of a target's list.
CREATE TABLE "inventory_member" (
  "lane_id" INTEGER NOT NULL,
  "account_id" TEXT NOT NULL,
  "status" "member_status" NOT NULL,
  "service_status" TEXT NOT NULL,
  "email" TEXT,
  "invited_at" TIMESTAMPTZ(6),
  "updated_at" TIMESTAMPTZ(6),
  CONSTRAINT "inventory_member_pkey" PRIMARY KEY ("lane_id", "account_id")
);
-- The order of the list over all targets; and of those in it that are not ENABLED, which are few.
CREATE INDEX "inventory_member_account_id_lane_id_idx" ON "inventory_member" ("account_id", "lane_id");
CREATE INDEX "inventory_member_not_enabled_idx" ON "inventory_member" ("account_id", "lane_id") WHERE "status" <> 'ENABLED';

-- Single members, and pages of the service, for callers who take an answer of some age. Not logged, since they are worth nothing
-- after a crash; erased after a day.
CREATE UNLOGGED TABLE "kept_member" (
  "lane_id" INTEGER NOT NULL,
  "account_id" TEXT NOT NULL,
  "observed_at" TIMESTAMPTZ(6) NOT NULL,
  "member" JSONB,
  CONSTRAINT "kept_member_pkey" PRIMARY KEY ("lane_id", "account_id")
);
CREATE UNLOGGED TABLE "kept_page" (
  "lane_id" INTEGER NOT NULL,
  "token_hash" BYTEA NOT NULL,
  "observed_at" TIMESTAMPTZ(6) NOT NULL,
  "members" JSONB NOT NULL,
  "next_token" TEXT,
  CONSTRAINT "kept_page_pkey" PRIMARY KEY ("lane_id", "token_hash")
);

-- Callers.

CREATE TABLE "api_token" (
  "id" UUID NOT NULL,
  "name" TEXT NOT NULL,
  "secret_hash" BYTEA NOT NULL,
  "role" "caller_role" NOT NULL,
  "all_administrators" BOOLEAN NOT NULL,
  "administrators" TEXT[],
  "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "created_by" TEXT NOT NULL,
  "expires_at" TIMESTAMPTZ(6),
  "last_used_at" TIMESTAMPTZ(6),
  "revoked_at" TIMESTAMPTZ(6),
  "revoked_by" TEXT,
  CONSTRAINT "api_token_pkey" PRIMARY KEY ("id"),
  -- A token for all administrators names none, and a NULL list can be taken for neither.
  CONSTRAINT "api_token_administrators" CHECK ("administrators" IS NOT NULL AND "all_administrators" = (cardinality("administrators") = 0)),
  CONSTRAINT "api_token_secret_hash" CHECK (octet_length("secret_hash") = 32),
  CONSTRAINT "api_token_revoked" CHECK (("revoked_at" IS NULL) = ("revoked_by" IS NULL))
);
-- How a token that comes in is found.
CREATE UNIQUE INDEX "api_token_secret_hash_key" ON "api_token" ("secret_hash");

-- Attempts that were refused. The same one again and again is one row and a count; old ones make room for new ones.
CREATE TABLE "denied_attempt" (
  "id" UUID NOT NULL,
  "code" TEXT NOT NULL,
  "reason" TEXT NOT NULL,
  "attempts" INTEGER NOT NULL,
  "first_at" TIMESTAMPTZ(6) NOT NULL,
  "last_at" TIMESTAMPTZ(6) NOT NULL,
  "caller_id" TEXT,
  "caller_kind" "actor_kind",
  "administrators" TEXT[],
  "source_address" TEXT,
  "user_agent" TEXT,
  "http_request_id" TEXT,
  "traceparent" TEXT,
  CONSTRAINT "denied_attempt_pkey" PRIMARY KEY ("id")
);

-- Written at almost every operation and worth nothing after a crash, so it is not logged. rate-limiter-flexible defines its columns.
CREATE UNLOGGED TABLE "caller_budget" (
  "key" VARCHAR(255) NOT NULL,
  "points" INTEGER NOT NULL DEFAULT 0,
  "expire" BIGINT,
  CONSTRAINT "caller_budget_pkey" PRIMARY KEY ("key")
);

-- The confirmation that the preview of a removal gives, by hash, for one removal. The most accounts that removals of a day may
-- name in each lane are checked again when the confirmed removal is recorded: previews of one time do not know of each other.
CREATE TABLE "removal_confirmation" (
  "token_hash" BYTEA NOT NULL,
  "caller_id" TEXT NOT NULL,
  "caller_kind" "actor_kind" NOT NULL,
  "bound_hash" TEXT NOT NULL,
  "expires_at" TIMESTAMPTZ(6) NOT NULL,
  "used_at" TIMESTAMPTZ(6),
  "lane_ids" INTEGER[],
  "lane_limits" INTEGER[],
  CONSTRAINT "removal_confirmation_pkey" PRIMARY KEY ("token_hash"),
  CONSTRAINT "removal_confirmation_token_hash" CHECK (octet_length("token_hash") = 32)
);
