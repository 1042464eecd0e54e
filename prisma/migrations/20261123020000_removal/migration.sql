-- What a preview of a removal gave out, for the removal that follows: by hash, for every replica, once.
CREATE TABLE "removal_confirmation" (
  "token_hash" BYTEA NOT NULL,
  "caller_id" TEXT NOT NULL,
  "caller_kind" "actor_kind" NOT NULL,
  "bound_hash" TEXT NOT NULL,
  "expires_at" TIMESTAMPTZ(6) NOT NULL,
  "used_at" TIMESTAMPTZ(6),
  CONSTRAINT "removal_confirmation_pkey" PRIMARY KEY ("token_hash"),
  CONSTRAINT "removal_confirmation_token_hash" CHECK (octet_length("token_hash") = 32)
);
