-- A lane's calls, newest first: its pace at takeover, and its history. One entry a call, never one an account.
CREATE INDEX "call_lane_id_id_idx" ON "call" ("lane_id", "id" DESC);
