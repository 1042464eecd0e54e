import { Prisma, type PrismaClient } from '../../src/generated/client.js';

/** A run of requests to put into the record: each with the same number of accounts at four targets, one per lane. */
export interface RequestRun {
  administrator: string;
  /**
   * Numbers of the requests. They order the ids of requests, targets and calls, and tell how request n fared, by n
   * modulo 5: 0 all processed, 1 some refused, 2 all refused, 3 running, 4 canceled halfway.
   */
  from: number;
  to: number;
  accounts: number;
  /** The run's calls carry one account of up to 50 requests, in place of 50 accounts of one. */
  coalesced?: boolean;
}

/** The UUID of request number n. */
export function requestIdOf(n: number): string {
  return `01900000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
}

/** Longest a run may take to write; 40 times what 160,000 outcomes take on an idle machine. */
const TIMEOUT_MS = 60_000;

/** Writes a run as accepting, sending and settling would have left it. */
export async function writeRun(prisma: PrismaClient, run: RequestRun): Promise<void> {
  await prisma.$transaction((tx) => write(tx, run), { timeout: TIMEOUT_MS });
}

async function write(
  tx: Prisma.TransactionClient,
  { administrator, from, to, accounts, coalesced = false }: RequestRun,
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO lane (administrator, service, region)
    SELECT ${administrator}, service, region
    FROM unnest('{GUARDDUTY,SECURITY_HUB}'::security_service[]) AS service, unnest('{eu-west-1,us-east-1}'::text[]) AS region
    ON CONFLICT DO NOTHING`;
  await tx.$executeRaw`
    CREATE TEMPORARY TABLE fate ON COMMIT DROP AS
    SELECT *, CASE WHEN status NOT IN ('PENDING', 'CANCELED') THEN
        (CASE WHEN ${coalesced}::boolean THEN '01a00000-0000-7000-9000-' || lpad(to_hex((n / 50) * 1000 + lane_id), 12, '0')
          ELSE '01a00000-0000-7000-8000-' || lpad(to_hex(target_id * 1000 + i / 50), 12, '0') END)::uuid
      END AS call_id
    FROM (
      SELECT n, i, n::bigint * 4 + place AS target_id, lane_id, lpad((i * 17)::text, 12, '0') AS account_id,
        ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS request_id,
        (CASE n % 5
          WHEN 0 THEN 'PROCESSED'
          WHEN 1 THEN CASE WHEN i % 40 = 7 THEN 'UNPROCESSED' WHEN i % 97 = 5 THEN 'FAILED' ELSE 'PROCESSED' END
          WHEN 2 THEN 'UNPROCESSED'
          WHEN 3 THEN CASE WHEN i > ${accounts}::int / 2 THEN 'PENDING' WHEN i > ${accounts}::int / 2 - 60 THEN 'IN_FLIGHT' ELSE 'PROCESSED' END
          ELSE CASE WHEN i > ${accounts}::int / 2 THEN 'CANCELED' ELSE 'PROCESSED' END
        END)::outcome_status AS status
      FROM generate_series(${from}::int, ${to}::int) AS n,
        (SELECT id AS lane_id, row_number() OVER (ORDER BY id) - 1 AS place FROM lane WHERE administrator = ${administrator}) AS lane,
        generate_series(1, ${accounts}::int) AS i
    ) AS f`;
  await tx.$executeRaw`
    INSERT INTO request (id, operation, status, administrator, caller_id, caller_kind, input_hash, created_at, finished_at, open_targets, total)
    SELECT request_id, 'CREATE_MEMBERS', CASE WHEN bool_or(status IN ('PENDING', 'IN_FLIGHT')) THEN 'RUNNING' ELSE 'SUCCEEDED' END::request_status,
      ${administrator}, 'ann', 'USER', 'hash', to_timestamp(1700000000 + n),
      CASE WHEN bool_or(status IN ('PENDING', 'IN_FLIGHT')) THEN NULL ELSE now() END,
      count(DISTINCT target_id) FILTER (WHERE status IN ('PENDING', 'IN_FLIGHT')), count(*)
    FROM fate GROUP BY request_id, n`;
  await tx.$executeRaw`
    INSERT INTO request_account (request_id, account_id, email)
    SELECT request_id, account_id, CASE WHEN i % 2 = 0 THEN account_id || '@example.com' END
    FROM fate GROUP BY request_id, account_id, i`;
  await tx.$executeRaw`
    INSERT INTO target (id, request_id, lane_id, operation, batch_key, detector_pinned, total, pending, in_flight, processed, unprocessed, failed, canceled)
    SELECT target_id, request_id, lane_id, '', false, count(*),
      ${Prisma.join(
        ['PENDING', 'IN_FLIGHT', 'PROCESSED', 'UNPROCESSED', 'FAILED', 'CANCELED'].map(
          (status) => Prisma.sql`count(*) FILTER (WHERE status = ${status}::outcome_status)`,
        ),
      )}
    FROM fate GROUP BY target_id, request_id, lane_id`;
  await tx.$executeRaw`
    INSERT INTO outcome (target_id, account_id, lane_id, status, reason_code, reason, settled_at, call_ids)
    SELECT target_id, account_id, lane_id, status,
      CASE WHEN status IN ('UNPROCESSED', 'FAILED') THEN 'OTHER'::reason_code END,
      CASE WHEN status IN ('UNPROCESSED', 'FAILED') THEN 'The request was refused for account ' || account_id END,
      CASE WHEN status NOT IN ('PENDING', 'IN_FLIGHT') THEN now() END,
      CASE WHEN call_id IS NULL THEN '{}' WHEN status = 'FAILED' THEN ARRAY[${requestIdOf(0)}::uuid, call_id] ELSE ARRAY[call_id] END
    FROM fate ORDER BY target_id, account_id`;
  await tx.$executeRaw`
    INSERT INTO call (id, lane_id, operation, status, account_count, finished_at, settled_at, http_status, attempts)
    SELECT call_id, lane_id, 'CREATE_MEMBERS', 'ANSWERED', count(DISTINCT account_id), now(), now(), 200, 1
    FROM fate WHERE call_id IS NOT NULL GROUP BY call_id, lane_id`;
  await tx.$executeRaw`
    INSERT INTO send (call_id, target_id, account_ids)
    SELECT call_id, target_id, array_agg(account_id) FROM fate WHERE call_id IS NOT NULL GROUP BY call_id, target_id`;
}
