-- A service refuses a change of an account that the organization manages.
ALTER TYPE "reason_code" ADD VALUE 'MANAGED_BY_ORGANIZATION' AFTER 'ORGANIZATION_ADMINISTRATOR_NOT_ENABLED';
