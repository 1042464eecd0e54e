import pg from 'pg';
import { addressOf } from '../../src/config/databaseAddress.js';
import { createLog } from '../../src/log.js';
import { migrate } from '../../src/store/connection/migrator.js';
import { withoutIndexes } from './withoutIndexes.js';

/** Accounts of each request. Each request has four targets. */
const ACCOUNTS = 250;
const TARGETS = 4;

/** Distinct accounts in the record. */
const ALL_ACCOUNTS = 200_000;

/** Days over which the requests are spread evenly. The last one is yesterday. */
const DAYS = 730;

/** Accounts of a call. */
const PER_CALL = 50;

/**
 * Writes a record of two years into an empty database, as the gateway would have left it: finished requests of 250
 * accounts at four targets, with their calls, counts and statistics. Of the outcomes 5 % are UNPROCESSED and 1 % FAILED.
 */
export async function writeLargeRecord(databaseUrl: string, outcomes: number): Promise<void> {
  await migrate({
    address: addressOf(databaseUrl),
    migrationsDir: 'prisma/migrations',
    log: createLog('warn'),
  });
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await fill(client, Math.ceil(outcomes / ACCOUNTS / TARGETS));
  } finally {
    await client.end();
  }
}

async function fill(client: pg.Client, requests: number): Promise<void> {
  const run = (sql: string) => client.query(sql);
  await run(`SET work_mem = '256MB'; SET maintenance_work_mem = '1GB'; SET synchronous_commit = off`);
  await run(LANES);
  await run(madeTable(requests));
  await run(REQUESTS);
  await withoutIndexes(client, 'request_account', () => run(REQUEST_ACCOUNTS));
  await withoutIndexes(client, 'outcome', () => run(OUTCOMES));
  await run(TARGETS_OF_OUTCOMES);
  await run(`SELECT setval('target_id_seq', (SELECT max(id) FROM target))`);
  await run(PROCESSED_OF_REQUESTS);
  await run(CARRIED_TABLE);
  await run(CALLS);
  await run(
    `INSERT INTO send (call_id, target_id, account_ids) SELECT call_id, target_id, account_ids FROM carried`,
  );
  await run(SETTLED_HOURS);
  await run(SETTLED_DAYS);
  await run('VACUUM ANALYZE');
}

const LANES = `
  INSERT INTO lane (administrator, service, region)
  SELECT 'default', service, region
  FROM unnest('{GUARDDUTY,SECURITY_HUB}'::security_service[]) AS service, unnest('{us-east-1,eu-west-1}'::text[]) AS region`;

/** SQL for the table `made`: each request with its number, its time, and what follows from them. */
function madeTable(requests: number): string {
  return `
    CREATE TEMPORARY TABLE made AS
    SELECT n, made_at, ${uuidAt('made_at', '8000', 'n')} AS id,
      (CASE WHEN n % 7 = 3 THEN 'INVITE_MEMBERS' ELSE 'CREATE_MEMBERS' END)::membership_operation AS operation,
      CASE WHEN n % 3 = 0 THEN 'portal' ELSE 'onboarding' END AS caller_id
    FROM (
      SELECT n, date_trunc('day', now()) - (${requests} - n) * interval '${DAYS} days' / ${requests} - interval '1 day' AS made_at
      FROM generate_series(0, ${requests - 1}) AS n
    ) AS made`;
}

const REQUESTS = `
  INSERT INTO request (id, operation, status, administrator, caller_id, caller_kind, input_hash, created_at, started_at,
    finished_at, open_targets, total, processed)
  SELECT id, operation, 'PARTIALLY_SUCCEEDED', 'default', caller_id, 'TOKEN', repeat('0', 64), made_at,
    made_at + interval '1 second', made_at + interval '2 minutes', 0, ${TARGETS * ACCOUNTS}, 0
  FROM made`;

const REQUEST_ACCOUNTS = `
  INSERT INTO request_account (request_id, account_id, email)
  SELECT made.id, account.id, 'security+' || account.id || '@example.com'
  FROM made CROSS JOIN LATERAL (SELECT ${accountOf('n', 'i')} AS id FROM generate_series(0, ${ACCOUNTS - 1}) AS i) AS account`;

const OUTCOMES = `
  INSERT INTO outcome (target_id, account_id, lane_id, status, reason_code, reason, settled_at, call_ids)
  SELECT target_id, account_id, lane_id, status,
    CASE status WHEN 'UNPROCESSED' THEN 'ALREADY_MEMBER' WHEN 'FAILED' THEN 'INTERNAL_ERROR' END::reason_code,
    CASE status
      WHEN 'UNPROCESSED' THEN 'The request is rejected because the given account ID is already an associated member of this account.'
      WHEN 'FAILED' THEN 'Internal server error.'
    END,
    made_at + interval '1 minute' + i / ${PER_CALL} * interval '200 ms',
    ARRAY[${uuidAt('made_at', '9000', `target_id * 1000 + i / ${PER_CALL}`)}]
  FROM (
    SELECT made.n::bigint * ${TARGETS} + lane.place AS target_id, lane.id AS lane_id, made.made_at, i, ${accountOf('made.n', 'i')} AS account_id,
      (CASE WHEN (i + made.n + lane.place) % 20 = 0 THEN 'UNPROCESSED' WHEN (i + made.n + lane.place) % 100 = 7 THEN 'FAILED' ELSE 'PROCESSED' END)::outcome_status AS status
    FROM made
    CROSS JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM lane) AS lane
    CROSS JOIN generate_series(0, ${ACCOUNTS - 1}) AS i
    ORDER BY made.n, lane.place, account_id
  ) AS o`;

const TARGETS_OF_OUTCOMES = `
  INSERT INTO target (id, request_id, lane_id, operation, batch_key, detector_pinned, total, pending, processed, unprocessed,
    failed, first_settled_at, last_settled_at, handed_out_to)
  SELECT o.target_id, made.id, o.lane_id, made.operation, made.operation::text, false, o.total, 0, o.processed, o.unprocessed,
    o.failed, o.first_at, o.last_at, '9999999999999'
  FROM (
    SELECT target_id, lane_id, count(*) AS total, min(settled_at) AS first_at, max(settled_at) AS last_at,
      ${['processed', 'unprocessed', 'failed'].map((status) => `count(*) FILTER (WHERE status = '${status.toUpperCase()}') AS ${status}`).join(', ')}
    FROM outcome GROUP BY target_id, lane_id
  ) AS o
  JOIN made ON made.n = (o.target_id - 1) / ${TARGETS}`;

const PROCESSED_OF_REQUESTS = `
  UPDATE request SET processed = t.processed
  FROM (SELECT request_id, sum(processed) AS processed FROM target GROUP BY request_id) AS t WHERE t.request_id = id`;

/** The table `carried`: each call with its accounts. */
const CARRIED_TABLE = `
  CREATE TEMPORARY TABLE carried AS
  SELECT call_ids[1] AS call_id, target_id, lane_id, max(settled_at) AS settled_at, array_agg(account_id) AS account_ids,
    jsonb_agg(jsonb_build_object('accountId', account_id, 'result', reason)) FILTER (WHERE status = 'UNPROCESSED') AS unprocessed
  FROM outcome GROUP BY 1, 2, 3`;

const CALLS = `
  INSERT INTO call (id, lane_id, operation, status, account_count, started_at, finished_at, settled_at, http_status, aws_request_id,
    attempts, unprocessed)
  SELECT c.call_id, c.lane_id, made.operation, 'ANSWERED', cardinality(c.account_ids), c.settled_at - interval '150 ms',
    c.settled_at, c.settled_at, 200, gen_random_uuid()::text, 1, c.unprocessed
  FROM carried c JOIN made ON made.n = (c.target_id - 1) / ${TARGETS}`;

const SETTLED_HOURS = `
  INSERT INTO settled_hour (hour, lane_id, operation, caller_id, status, reason, outcomes)
  SELECT date_trunc('hour', o.settled_at, 'UTC'), o.lane_id, made.operation, made.caller_id, o.status,
    COALESCE(o.reason_code::text, ''), count(*)
  FROM outcome o JOIN made ON made.n = (o.target_id - 1) / ${TARGETS}
  GROUP BY 1, 2, 3, 4, 5, 6`;

const SETTLED_DAYS = `
  INSERT INTO settled_day (lane_id, day, first_target_id)
  SELECT lane_id, (settled_at AT TIME ZONE 'UTC')::date, min(target_id) FROM outcome GROUP BY 1, 2`;

/** SQL for a UUIDv7 of a moment and a number. */
function uuidAt(moment: string, variant: '8000' | '9000', number: string): string {
  return `(lpad(to_hex((EXTRACT(EPOCH FROM ${moment}) * 1000)::bigint), 12, '0') || '7000${variant}' || lpad(to_hex(${number}), 12, '0'))::uuid`;
}

/** SQL for the id of account number i of request number n. The ids of one request are consecutive. */
function accountOf(n: string, i: string): string {
  return `(100000000000 + (${n} * 977 + ${i}) % ${ALL_ACCOUNTS})::text`;
}
