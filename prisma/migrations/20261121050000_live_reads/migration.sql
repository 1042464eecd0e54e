-- Live reads of members, by any replica, take from the lane's quota too, but never more than their part of it: when the
-- whole burst of that part will be there again if no further read leaves.
ALTER TABLE "lane" ADD COLUMN "reads_back_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP;
