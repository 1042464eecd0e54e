import type pg from 'pg';
import { RESULT_TEXTS } from '../../sandbox/members/texts.js';
import type { TestSandbox } from '../support/sandboxControl.js';
import { ADMINISTRATOR, REGIONS } from './administratorsFile.js';
import {
  laneOf,
  type CallRow,
  type OutcomeRow,
  type RecordRows,
  type RequestRow,
  type SendRow,
  type ServiceLog,
  type TargetRow,
} from './history.js';

const SERVICES = ['guardduty', 'securityhub'] as const;

/** Reads the service's side of a run. */
export async function readServiceLog(sandbox: TestSandbox): Promise<ServiceLog> {
  const members = await Promise.all(
    SERVICES.flatMap((service) =>
      REGIONS.map(async (region) =>
        (await sandbox.members(ADMINISTRATOR, region, service)).map(({ accountId, status }) => ({
          lane: laneOf(service, region),
          accountId,
          status,
        })),
      ),
    ),
  );
  const mails = await sandbox.mails();
  return {
    calls: await sandbox.log(),
    mails: mails.map(({ service, region, accountId }) => ({ lane: laneOf(service, region), accountId })),
    members: members.flat(),
    words: new Set(SERVICES.flatMap((service) => Object.values({ ...RESULT_TEXTS[service] }))),
  };
}

/** Reads the record's side. */
export async function readRecord(client: pg.Client): Promise<RecordRows> {
  const rows = async <Row>(sql: string): Promise<Row[]> => {
    const found: pg.QueryResult<{ row: Row }> = await client.query(
      `SELECT to_json(one) AS row FROM (${sql}) one`,
    );
    return found.rows.map(({ row }) => row);
  };
  return {
    requests: await rows<RequestRow>(
      `SELECT id, operation, status, note, idempotency_key AS "idempotencyKey", ${ms('finished_at')} AS "finishedAt",
         open_targets AS "openTargets", total, processed, canceled, retry_of AS "retryOf"
       FROM request ORDER BY id`,
    ),
    targets: await rows<TargetRow>(
      `SELECT t.id::text, t.request_id AS "requestId", l.service || '/' || l.region AS lane, t.total, t.pending,
         t.in_flight AS "inFlight", t.processed, t.unprocessed, t.failed, t.canceled,
         ${ms('t.canceled_at')} AS "canceledAt"
       FROM target t JOIN lane l ON l.id = t.lane_id ORDER BY t.id`,
    ),
    outcomes: await rows<OutcomeRow>(
      `SELECT target_id::text AS "targetId", account_id AS "accountId", status, reason_code AS "reasonCode", reason,
         ${ms('settled_at')} AS "settledAt", call_ids AS "callIds"
       FROM (SELECT * FROM outcome UNION ALL SELECT * FROM open_outcome) o ORDER BY target_id, account_id`,
    ),
    calls: await rows<CallRow>(
      `SELECT c.id, l.service || '/' || l.region AS lane, c.operation, c.status, c.account_count AS "accountCount",
         ${ms('c.started_at')} AS "startedAt", ${ms('c.settled_at')} AS "settledAt", c.http_status AS "httpStatus",
         c.aws_request_id AS "awsRequestId", c.attempts, c.unprocessed
       FROM call c JOIN lane l ON l.id = c.lane_id ORDER BY c.id`,
    ),
    sends: await rows<SendRow>(
      `SELECT call_id AS "callId", target_id::text AS "targetId", account_ids AS "accountIds" FROM send`,
    ),
  };
}

function ms(column: string): string {
  return `(EXTRACT(EPOCH FROM ${column}) * 1000)::float8`;
}
