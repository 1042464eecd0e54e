-- What becomes of invitations after their outcomes are final: looks at the members, on a schedule that every replica shares.

-- How many days after it was made the members of a request are looked at; null: not at all.
ALTER TABLE "request" ADD COLUMN "follow_up_days" INTEGER;
ALTER TABLE "request" ADD CONSTRAINT "request_follow_up_days" CHECK ("follow_up_days" BETWEEN 1 AND 30);

-- A target that is to be followed once nothing of it is open. The row goes as its accounts come into followed_member.
CREATE TABLE "follow_up" (
  "target_id" BIGINT NOT NULL,
  "until" TIMESTAMPTZ(6) NOT NULL,
  CONSTRAINT "follow_up_pkey" PRIMARY KEY ("target_id"),
  CONSTRAINT "follow_up_target_id_fkey" FOREIGN KEY ("target_id") REFERENCES "target" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT
);

-- Beside the outcome, which is final: where the member stood when it was last looked at, and when the next look is due. No
-- foreign keys, as in outcome.
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
-- What a lane is to look at next. Holds only what is still followed.
CREATE INDEX "followed_member_due_idx" ON "followed_member" ("lane_id", "next_look_at") WHERE "next_look_at" IS NOT NULL;
