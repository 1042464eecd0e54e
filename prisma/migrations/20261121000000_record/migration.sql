-- The record: requests, their targets and accounts, one outcome per account and target, and every AWS call.

CREATE TYPE "security_service" AS ENUM ('GUARDDUTY', 'SECURITY_HUB');
CREATE TYPE "membership_operation" AS ENUM ('CREATE_MEMBERS', 'INVITE_MEMBERS', 'DISASSOCIATE_MEMBERS', 'DELETE_MEMBERS');
CREATE TYPE "request_status" AS ENUM ('PENDING', 'RUNNING', 'SUCCEEDED', 'PARTIALLY_SUCCEEDED', 'FAILED', 'CANCELED');
CREATE TYPE "outcome_status" AS ENUM ('PENDING', 'IN_FLIGHT', 'PROCESSED', 'UNPROCESSED', 'FAILED', 'CANCELED');
CREATE TYPE "reason_code" AS ENUM (
  'ALREADY_MEMBER', 'ALREADY_INVITED', 'SELF', 'OTHER_ADMINISTRATOR', 'MEMBER_LIMIT_REACHED', 'INVITATION_LIMIT_REACHED',
  'EMAIL_MISSING', 'EMAIL_INVALID', 'ACCOUNT_INVALID', 'NOT_CREATED', 'NOT_ASSOCIATED', 'STILL_ASSOCIATED',
  'ORGANIZATION_ADMINISTRATOR_NOT_ENABLED', 'SERVICE_NOT_ENABLED', 'DETECTOR_NOT_FOUND', 'ACCESS_DENIED',
  'BATCH_LIMIT_EXCEEDED', 'THROTTLED', 'INTERNAL_ERROR', 'UNREACHABLE', 'OTHER'
);
CREATE TYPE "call_status" AS ENUM ('SENT', 'ANSWERED', 'REFUSED', 'UNANSWERED');
CREATE TYPE "actor_kind" AS ENUM ('USER', 'TOKEN', 'LOCAL');

CREATE TABLE "lane" (
  "id" SERIAL NOT NULL,
  "administrator" TEXT NOT NULL,
  "service" "security_service" NOT NULL,
  "region" TEXT NOT NULL,
  "holder" UUID,
  "held_since" TIMESTAMPTZ(6),
  CONSTRAINT "lane_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "lane_administrator_service_region_key" ON "lane" ("administrator", "service", "region");

CREATE TABLE "request" (
  "id" UUID NOT NULL,
  "operation" "membership_operation" NOT NULL,
  "status" "request_status" NOT NULL DEFAULT 'PENDING',
  "administrator" TEXT NOT NULL,
  "caller_id" TEXT NOT NULL,
  "caller_kind" "actor_kind" NOT NULL,
  "note" TEXT,
  "idempotency_key" TEXT,
  "input_hash" TEXT NOT NULL,
  "message" TEXT,
  "disable_email_notification" BOOLEAN,
  "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "started_at" TIMESTAMPTZ(6),
  "finished_at" TIMESTAMPTZ(6),
  "open_targets" INTEGER NOT NULL,
  "total" INTEGER NOT NULL,
  "processed" INTEGER NOT NULL DEFAULT 0,
  "canceled" INTEGER NOT NULL DEFAULT 0,
  CONSTRAINT "request_pkey" PRIMARY KEY ("id"),
  -- A request is finished exactly when none of its targets is open.
  CONSTRAINT "request_finished" CHECK (("open_targets" = 0) = ("finished_at" IS NOT NULL)),
  CONSTRAINT "request_open_targets" CHECK ("open_targets" >= 0)
);
-- The same key from the same caller finds the request it made.
CREATE UNIQUE INDEX "request_caller_id_operation_idempotency_key_key" ON "request" ("caller_id", "operation", "idempotency_key");

CREATE TABLE "target" (
  "id" BIGSERIAL NOT NULL,
  "request_id" UUID NOT NULL,
  "lane_id" INTEGER NOT NULL,
  "batch_key" TEXT NOT NULL,
  "detector_id" TEXT,
  "detector_pinned" BOOLEAN NOT NULL,
  "turn" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "total" INTEGER NOT NULL,
  "pending" INTEGER NOT NULL,
  "in_flight" INTEGER NOT NULL DEFAULT 0,
  "processed" INTEGER NOT NULL DEFAULT 0,
  "unprocessed" INTEGER NOT NULL DEFAULT 0,
  "failed" INTEGER NOT NULL DEFAULT 0,
  "canceled" INTEGER NOT NULL DEFAULT 0,
  CONSTRAINT "target_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "target_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "request" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  CONSTRAINT "target_lane_id_fkey" FOREIGN KEY ("lane_id") REFERENCES "lane" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  -- Every outcome is counted in exactly one place.
  CONSTRAINT "target_counts" CHECK ("total" = "pending" + "in_flight" + "processed" + "unprocessed" + "failed" + "canceled"),
  CONSTRAINT "target_counts_positive" CHECK (LEAST("pending", "in_flight", "processed", "unprocessed", "failed", "canceled") >= 0)
);
CREATE INDEX "target_request_id_idx" ON "target" ("request_id");
-- A lane's waiting targets, longest unserved first. Holds the open work only.
CREATE INDEX "target_waiting_idx" ON "target" ("lane_id", "turn") WHERE "pending" > 0;

CREATE TABLE "request_account" (
  "request_id" UUID NOT NULL,
  "account_id" TEXT NOT NULL,
  "email" TEXT,
  CONSTRAINT "request_account_pkey" PRIMARY KEY ("request_id", "account_id")
);

CREATE TABLE "outcome" (
  "target_id" BIGINT NOT NULL,
  "account_id" TEXT NOT NULL,
  "lane_id" INTEGER NOT NULL,
  "status" "outcome_status" NOT NULL DEFAULT 'PENDING',
  "reason_code" "reason_code",
  "reason" TEXT,
  "due_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "settled_at" TIMESTAMPTZ(6),
  "call_ids" UUID[] NOT NULL DEFAULT ARRAY[]::UUID[],
  CONSTRAINT "outcome_pkey" PRIMARY KEY ("target_id", "account_id"),
  CONSTRAINT "outcome_settled" CHECK (("status" IN ('PENDING', 'IN_FLIGHT')) = ("settled_at" IS NULL))
);
-- The history of one account, newest first.
CREATE INDEX "outcome_account_id_target_id_idx" ON "outcome" ("account_id", "target_id" DESC);
-- What a claim takes next from a target. Holds the unsent work only.
CREATE INDEX "outcome_pending_idx" ON "outcome" ("target_id", "due_at", "account_id") WHERE "status" = 'PENDING';
-- Who else in the lane asks for this account right now: one call carries it for all, none overtakes another. By settled_at
-- and not by status, so that no condition on a status can tempt the planner: its statistics from a quiet moment take this
-- index for empty.
CREATE INDEX "outcome_open_idx" ON "outcome" ("lane_id", "account_id") WHERE "settled_at" IS NULL;
-- What went wrong, of one request or of all: few rows, and none of them written when a request is accepted.
CREATE INDEX "outcome_exception_idx" ON "outcome" ("status", "target_id", "account_id") WHERE "status" IN ('UNPROCESSED', 'FAILED', 'CANCELED');

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
  CONSTRAINT "call_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "call_lane_id_fkey" FOREIGN KEY ("lane_id") REFERENCES "lane" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  CONSTRAINT "call_account_count" CHECK ("account_count" BETWEEN 1 AND 50)
);
-- What an earlier holder left open: read once, at takeover.
CREATE INDEX "call_unsettled_idx" ON "call" ("lane_id") WHERE "settled_at" IS NULL;

CREATE TABLE "send" (
  "call_id" UUID NOT NULL,
  "target_id" BIGINT NOT NULL,
  "account_ids" TEXT[],
  CONSTRAINT "send_pkey" PRIMARY KEY ("call_id", "target_id"),
  CONSTRAINT "send_call_id_fkey" FOREIGN KEY ("call_id") REFERENCES "call" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT
);
-- The calls of a request, newest first.
CREATE INDEX "send_target_id_call_id_idx" ON "send" ("target_id", "call_id" DESC);
