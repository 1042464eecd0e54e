-- Who settled a call by hand whose result could not be found out, and why.
ALTER TABLE "call" ADD COLUMN "resolved_by" TEXT, ADD COLUMN "resolution" TEXT,
  ADD CONSTRAINT "call_resolution_has_a_name" CHECK (("resolved_by" IS NULL) = ("resolution" IS NULL));
