import { Prisma, type PrismaClient } from '../../../src/generated/client.js';

/** A series of requests for the record, each with the same number of accounts at four targets, one per lane. */
export interface RequestRun {
  administrator: string;
  /**
   * Numbers of the requests. They order the ids of requests, targets and calls, and tell how request n fared, by n
   * modulo 5: 0 all processed, 1 some refused, 2 all refused, 3 running, 4 canceled halfway.
   */
  from: number;
  to: number;
  accounts: number;
  /** Whether a call carries one account of each of up to 50 requests, instead of 50 accounts of one request. */
  coalesced?: boolean;
  /** One or two; else `eu-west-1` and `us-east-1`. With both services they are the lanes. */
  regions?: readonly string[];
}

/** The time of the first request, in June 2024. Each hour has one request. */
const BEGINNING_MS = 0x019000000000;
const HOUR_MS = 3_600_000;

const REGIONS = ['eu-west-1', 'us-east-1'];

/** The time of request number n. Its outcomes settle from one minute later on, one each millisecond. */
export function timeOf(n: number): Date {
  return new Date(BEGINNING_MS + n * HOUR_MS);
}

/** The UUID of request number n. */
export function requestIdOf(n: number): string {
  return uuidOf(n, 8, n);
}

/** The UUID of a call, from its hour, a variant (9 for a call of several requests, otherwise 8) and a number. */
export function callIdOf(hour: number, variant: 8 | 9, number: number): string {
  return uuidOf(hour, variant, number);
}

function uuidOf(hour: number, variant: 8 | 9, number: number): string {
  const time = timeOf(hour).getTime().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-${variant}000-${number.toString(16).padStart(12, '0')}`;
}

/** Longest write of a series: 40 times as long as 160,000 outcomes take on an idle machine. */
const TIMEOUT_MS = 60_000;

/** Writes a series as the record would have it after accepting, sending and settling. */
export async function writeRun(prisma: PrismaClient, run: RequestRun): Promise<void> {
  await prisma.$transaction((tx) => write(tx, run), { timeout: TIMEOUT_MS });
}

async function write(
  tx: Prisma.TransactionClient,
  { administrator, from, to, accounts, coalesced = false, regions = REGIONS }: RequestRun,
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO lane (administrator, service, region)
    SELECT ${administrator}, service, region
    FROM unnest('{GUARDDUTY,SECURITY_HUB}'::security_service[]) AS service, unnest(${[...regions]}::text[]) AS region
    ON CONFLICT DO NOTHING`;
  // The time of hour n, and a UUID like `uuidOf`.
  const time = (n: Prisma.Sql) =>
    Prisma.sql`to_timestamp((${BEGINNING_MS}::bigint + ${n} * ${HOUR_MS}::bigint) / 1000.0)`;
  const uuid = (n: Prisma.Sql, variant: string, number: Prisma.Sql) => Prisma.sql`
    (lpad(to_hex(${BEGINNING_MS}::bigint + ${n} * ${HOUR_MS}::bigint), 12, '0') || '7000' || ${variant} || lpad(to_hex(${number}), 12, '0'))::uuid`;
  // Of small requests the accounts are queued one by one; here also of every other large one.
  const isQueued = Prisma.sql`(${accounts}::int <= 50 OR n % 10 = 3)`;
  await tx.$executeRaw`
    CREATE TEMPORARY TABLE fate ON COMMIT DROP AS
    SELECT *, ${time(Prisma.sql`n`)} AS made_at,
      CASE WHEN status NOT IN ('PENDING', 'IN_FLIGHT') THEN ${time(Prisma.sql`n`)} + interval '1 minute' + i * interval '1 millisecond' END AS settled_at,
      CASE WHEN status NOT IN ('PENDING', 'CANCELED') THEN
        CASE WHEN ${coalesced}::boolean THEN ${uuid(Prisma.sql`(n / 50 * 50 + 49)`, '9000', Prisma.sql`(n / 50) * 1000 + lane_id`)}
          ELSE ${uuid(Prisma.sql`n`, '8000', Prisma.sql`target_id * 1000 + i / 50`)} END
      END AS call_id,
      ${time(coalesced ? Prisma.sql`(n / 50 * 50 + 49)` : Prisma.sql`n`)} AS call_at
    FROM (
      SELECT n, i, n::bigint * 4 + place AS target_id, lane_id, lpad((i * 17)::text, 12, '0') AS account_id,
        ${uuid(Prisma.sql`n`, '8000', Prisma.sql`n`)} AS request_id,
        (CASE WHEN n % 7 = 3 THEN 'INVITE_MEMBERS' ELSE 'CREATE_MEMBERS' END)::membership_operation AS operation,
        (CASE n % 5
          WHEN 0 THEN 'PROCESSED'
          WHEN 1 THEN CASE WHEN i % 40 = 7 THEN 'UNPROCESSED' WHEN i % 97 = 5 THEN 'FAILED' ELSE 'PROCESSED' END
          WHEN 2 THEN 'UNPROCESSED'
          WHEN 3 THEN CASE WHEN i > ${accounts}::int / 2 THEN 'PENDING' WHEN i > ${accounts}::int / 2 - 60 THEN 'IN_FLIGHT' ELSE 'PROCESSED' END
          ELSE CASE WHEN i > ${accounts}::int / 2 THEN 'CANCELED' ELSE 'PROCESSED' END
        END)::outcome_status AS status
      FROM generate_series(${from}::int, ${to}::int) AS n,
        (SELECT id AS lane_id, row_number() OVER (ORDER BY id) - 1 AS place FROM lane WHERE administrator = ${administrator} AND region = ANY (${[...regions]})) AS lane,
        generate_series(1, ${accounts}::int) AS i
    ) AS f`;
  await tx.$executeRaw`
    INSERT INTO request (id, operation, status, administrator, caller_id, caller_kind, note, input_hash, created_at, finished_at, open_targets, total)
    SELECT request_id, operation,
      (ARRAY['SUCCEEDED', 'PARTIALLY_SUCCEEDED', 'FAILED', 'RUNNING', 'PARTIALLY_SUCCEEDED'])[1 + n % 5]::request_status,
      ${administrator}, CASE WHEN n % 3 = 0 THEN 'bob' ELSE 'ann' END, 'USER', CASE WHEN n % 10 = 0 THEN 'Ticket 100%_' || n END,
      'hash', made_at, CASE WHEN n % 5 <> 3 THEN made_at + interval '30 minutes' END,
      count(DISTINCT target_id) FILTER (WHERE n % 5 = 3), count(*)
    FROM fate GROUP BY request_id, n, operation, made_at`;
  await tx.$executeRaw`
    INSERT INTO request_account (request_id, account_id, email)
    SELECT request_id, account_id, CASE WHEN i % 2 = 0 THEN account_id || '@example.com' END
    FROM fate GROUP BY request_id, account_id, i`;
  await tx.$executeRaw`
    INSERT INTO target (id, request_id, lane_id, operation, batch_key, detector_pinned, first_settled_at, last_settled_at,
      handed_out_to, total, pending, in_flight, processed, unprocessed, failed, canceled)
    SELECT target_id, request_id, lane_id, operation, '', false, min(settled_at), max(settled_at),
      CASE WHEN ${isQueued} OR bool_and(status <> 'PENDING') THEN '9999999999999'
        ELSE COALESCE(max(account_id) FILTER (WHERE status <> 'PENDING'), '') END,
      count(*),
      ${Prisma.join(
        ['PENDING', 'IN_FLIGHT', 'PROCESSED', 'UNPROCESSED', 'FAILED', 'CANCELED'].map(
          (status) => Prisma.sql`count(*) FILTER (WHERE status = ${status}::outcome_status)`,
        ),
      )}
    FROM fate GROUP BY target_id, request_id, lane_id, operation, n`;
  await tx.$executeRaw`
    INSERT INTO queued_account (target_id, account_id, lane_id, due_at, call_ids)
    SELECT target_id, account_id, lane_id, CASE status WHEN 'PENDING' THEN made_at END,
      CASE WHEN call_id IS NULL THEN '{}' ELSE ARRAY[call_id] END
    FROM fate WHERE status IN ('PENDING', 'IN_FLIGHT') AND ${isQueued}`;
  await tx.$executeRaw`SELECT setval('target_id_seq', (SELECT max(id) FROM target))`;
  await tx.$executeRaw`
    INSERT INTO outcome (target_id, account_id, lane_id, status, reason_code, reason, settled_at, call_ids)
    SELECT target_id, account_id, lane_id, status,
      CASE WHEN status IN ('UNPROCESSED', 'FAILED') THEN (ARRAY['OTHER', 'THROTTLED', 'ALREADY_MEMBER', 'SELF'])[1 + i % 4]::reason_code END,
      CASE WHEN status IN ('UNPROCESSED', 'FAILED') THEN 'The request was refused for account ' || account_id END,
      settled_at,
      CASE WHEN call_id IS NULL THEN '{}' WHEN status = 'FAILED' THEN ARRAY[${requestIdOf(0)}::uuid, call_id] ELSE ARRAY[call_id] END
    FROM fate WHERE status NOT IN ('PENDING', 'IN_FLIGHT') ORDER BY target_id, account_id`;
  await tx.$executeRaw`
    INSERT INTO call (id, lane_id, operation, status, account_count, started_at, finished_at, settled_at, http_status, attempts)
    SELECT call_id, lane_id, operation,
      (CASE WHEN under_way THEN 'SENT' ELSE (ARRAY['REFUSED', 'UNANSWERED', 'ANSWERED', 'ANSWERED', 'ANSWERED'])[LEAST(5, 1 + place % 20)] END)::call_status,
      accounts, made_at, CASE WHEN NOT under_way THEN made_at END, CASE WHEN NOT under_way THEN made_at END, 200, 1
    FROM (
      SELECT call_id, lane_id, max(operation) AS operation, max(call_at) AS made_at, bool_or(status = 'IN_FLIGHT') AS under_way,
        count(DISTINCT account_id) AS accounts, row_number() OVER (ORDER BY call_id) AS place
      FROM fate WHERE call_id IS NOT NULL GROUP BY call_id, lane_id
    ) AS c`;
  await tx.$executeRaw`
    INSERT INTO send (call_id, target_id, account_ids)
    SELECT call_id, target_id, array_agg(account_id) FROM fate WHERE call_id IS NOT NULL GROUP BY call_id, target_id`;
  await tx.$executeRaw`
    INSERT INTO settled_hour (hour, lane_id, operation, caller_id, status, reason, outcomes)
    SELECT date_trunc('hour', o.settled_at, 'UTC'), o.lane_id, r.operation, r.caller_id, o.status, COALESCE(o.reason_code::text, ''), count(*)
    FROM outcome o JOIN target t ON t.id = o.target_id JOIN request r ON r.id = t.request_id
    WHERE o.settled_at IS NOT NULL AND t.id IN (SELECT target_id FROM fate)
    GROUP BY 1, 2, 3, 4, 5, 6`;
  await tx.$executeRaw`
    INSERT INTO settled_day (lane_id, day, first_target_id)
    SELECT lane_id, (settled_at AT TIME ZONE 'UTC')::date, min(target_id) FROM fate WHERE settled_at IS NOT NULL GROUP BY 1, 2
    ON CONFLICT (lane_id, day) DO UPDATE SET first_target_id = LEAST(settled_day.first_target_id, excluded.first_target_id)`;
}
