-- The most accounts that removals of a day may name in each lane when the confirmed removal is recorded: previews that were
-- made at the same time do not know of each other.
ALTER TABLE "removal_confirmation"
  ADD COLUMN "lane_ids" INTEGER[],
  ADD COLUMN "lane_limits" INTEGER[];
-- A confirmation without limits would let a removal pass: it holds for 15 minutes, and a new preview is asked for.
DELETE FROM "removal_confirmation";
