-- The requests that went to a service or a region, newest first: the targets of a lane, by request. One entry a target, never
-- one an account, and always behind the last of its lane.
CREATE INDEX "target_lane_id_request_id_idx" ON "target" ("lane_id", "request_id");
-- Whether a request went to a lane is told by the index alone. Takes the place of the index by request, which begins as it does.
CREATE INDEX "target_request_id_lane_id_idx" ON "target" ("request_id", "lane_id");
DROP INDEX "target_request_id_idx";
