-- The caller of a request is its API token, and no more the name that other tokens may share.

ALTER TABLE "request" ADD COLUMN "caller_name" TEXT;

-- Exact, since every such request has recorded its token. A key that is held stays with the token that used it; of two requests
-- of different tokens none loses its key, since they were already unique under the shared name.
UPDATE "request" SET "caller_name" = "caller_id", "caller_id" = 'token_' || "token_id"
WHERE "caller_kind" = 'TOKEN' AND "token_id" IS NOT NULL;

-- Counts of an hour know the name alone: they move to the token if no other token and no other caller had the name.
UPDATE "settled_hour" h SET "caller_id" = 'token_' || t."id"
FROM "api_token" t
WHERE t."name" = h."caller_id"
  AND NOT EXISTS (SELECT FROM "api_token" o WHERE o."name" = t."name" AND o."id" <> t."id")
  AND NOT EXISTS (SELECT FROM "request" r WHERE r."caller_id" = t."name");

-- A confirmation of a token holds for 15 minutes and does not say which token previewed: a new preview is asked for.
DELETE FROM "removal_confirmation" WHERE "caller_kind" = 'TOKEN';
