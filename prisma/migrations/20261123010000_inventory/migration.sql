-- The inventory: all members of each target, as the service listed them when it was last asked for all of them; and what
-- single reads are kept of, for those who take an answer of some age.

CREATE TYPE "member_status" AS ENUM (
  'CREATED', 'INVITED', 'ENABLED', 'DISABLED', 'REMOVED', 'RESIGNED', 'DELETED', 'EMAIL_VERIFICATION_IN_PROGRESS',
  'EMAIL_VERIFICATION_FAILED', 'ACCOUNT_SUSPENDED', 'NOT_A_MEMBER', 'OTHER'
);

-- How the inventory of a target stands. What was observed and has not changed is not written again: its age stands here.
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

-- A row for each account at each target: no foreign key, as with outcomes. In the order of a target's list.
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
-- The order of the list over all targets.
CREATE INDEX "inventory_member_account_id_lane_id_idx" ON "inventory_member" ("account_id", "lane_id");
-- The same of those that are not, or not yet, or not any more, what they are there for: few.
CREATE INDEX "inventory_member_not_enabled_idx" ON "inventory_member" ("account_id", "lane_id") WHERE "status" <> 'ENABLED';

-- Single members, and pages of the service, that were read for somebody who takes an answer of some age. Worth nothing after
-- a crash, so they are not logged, and erased after a day.
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
