-- Who may call, who did, who was turned away, and how much each caller has spent.

CREATE TYPE "caller_role" AS ENUM ('VIEWER', 'OPERATOR', 'ADMIN');

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

-- Where a request came from, beside the caller it already names.
ALTER TABLE "request"
  ADD COLUMN "token_id" UUID,
  ADD COLUMN "source_address" TEXT,
  ADD COLUMN "user_agent" TEXT,
  ADD COLUMN "http_request_id" TEXT,
  ADD COLUMN "traceparent" TEXT;

-- Attempts that were turned away. The same one, again and again, is one row and a count; old ones make room for new ones.
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

-- Written at almost every operation and worth nothing after a crash, so it is not logged. The shape is rate-limiter-flexible's.
CREATE UNLOGGED TABLE "caller_budget" (
  "key" VARCHAR(255) NOT NULL,
  "points" INTEGER NOT NULL DEFAULT 0,
  "expire" BIGINT,
  CONSTRAINT "caller_budget_pkey" PRIMARY KEY ("key")
);
