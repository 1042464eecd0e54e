-- Takeover: whose lane it is, what its holder has read, and what is learned of a call too late; and keys that expire.

-- The process that works the lane, by the name of its own connection (membership-gateway:<replica>).
ALTER TABLE "lane" ADD COLUMN "replica" UUID;
-- The lane's quota of requests, reads included: when its whole burst will be there again if nothing more leaves.
ALTER TABLE "lane" ADD COLUMN "quota_back_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- What a worker that had lost the lane heard all the same: kept beside the call, for people to read.
ALTER TABLE "call" ADD COLUMN "late_answer" JSONB;
-- Why the last read-back of an unanswered call told nothing.
ALTER TABLE "call" ADD COLUMN "read_back_error" TEXT;

-- Whether the idempotency key still finds the request. It stays on record afterwards, and may be used anew.
ALTER TABLE "request" ADD COLUMN "holds_key" BOOLEAN NOT NULL DEFAULT false;
UPDATE "request" SET "holds_key" = true WHERE "idempotency_key" IS NOT NULL;
DROP INDEX "request_caller_id_operation_idempotency_key_key";
-- The same key from the same caller finds the request it made, for as long as it is held. A person and a program may bear
-- the same name: their keys are not each other's. Holds no request without a key.
CREATE UNIQUE INDEX "request_held_key_idx" ON "request" ("caller_id", "caller_kind", "operation", "idempotency_key") WHERE "holds_key";
