-- Takeover: whose lane it is, what its holder has read, and what is learned of a call too late; and keys that expire.

-- The process that works the lane, by the name of its own connection (membership-gateway:<replica>).
ALTER TABLE "lane" ADD COLUMN "replica" UUID;
-- When the lane's last reads left (GetMembers, ListDetectors): they share its rate with the calls, which have rows.
ALTER TABLE "lane" ADD COLUMN "recent_reads" TIMESTAMPTZ(6)[] NOT NULL DEFAULT ARRAY[]::TIMESTAMPTZ(6)[];

-- What a worker that had lost the lane heard all the same: kept beside the call, for people to read.
ALTER TABLE "call" ADD COLUMN "late_answer" JSONB;
-- Why the last read-back of an unanswered call told nothing.
ALTER TABLE "call" ADD COLUMN "read_back_error" TEXT;

-- Whether the idempotency key still finds the request. It stays on record afterwards, and may be used anew.
ALTER TABLE "request" ADD COLUMN "holds_key" BOOLEAN NOT NULL DEFAULT false;
UPDATE "request" SET "holds_key" = true WHERE "idempotency_key" IS NOT NULL;
DROP INDEX "request_caller_id_operation_idempotency_key_key";
-- The same key from the same caller finds the request it made, for as long as it is held. Holds no request without a key.
CREATE UNIQUE INDEX "request_held_key_idx" ON "request" ("caller_id", "operation", "idempotency_key") WHERE "holds_key";
