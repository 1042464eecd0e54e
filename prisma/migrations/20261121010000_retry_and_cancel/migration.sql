-- A request that sends again what another one did not get done, and requests that were withdrawn.

ALTER TABLE "request" ADD COLUMN "retry_of" UUID;
ALTER TABLE "request" ADD CONSTRAINT "request_retry_of_fkey" FOREIGN KEY ("retry_of") REFERENCES "request" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT;
-- The retries of a request, newest first. Holds the retries only: accepting any other request pays nothing for it.
CREATE INDEX "request_retry_of_idx" ON "request" ("retry_of", "id" DESC) WHERE "retry_of" IS NOT NULL;

-- On the target and not on the request: a settlement locks the targets of its lane, and so reads them as they are now.
ALTER TABLE "target" ADD COLUMN "canceled_at" TIMESTAMPTZ(6);
