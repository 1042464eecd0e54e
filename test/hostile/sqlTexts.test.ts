import { readFileSync } from 'node:fs';
import { buildSchema, OperationTypeNode, type GraphQLSchema } from 'graphql';
import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CALLER_CODES } from '../../src/http/request/callerErrors.js';
import { accounts, startGateway, type TestGateway } from '../support/gateway.js';
import { onServer } from '../support/database.js';
import { byRunLength } from '../support/runLength.js';
import { argumentPaths, type ArgumentPath, type RightValues } from './argumentPaths.js';

const CLIENTS = 8;

const UUID = '01a1fc84-6b0b-7357-ad8c-145f65014dad';
const DROP = "'; DROP TABLE request CASCADE; --";

const TEXTS = [
  DROP,
  `x${DROP}`,
  `request_${UUID}${DROP}`,
  `request_${UUID}\n`,
  `outcome_9223372036854775807_222233334444`,
  `outcome_1_222233334444${DROP}`,
  `222233334444' OR '1'='1`,
  '２２２２３３３３４４４４',
  "us-east-1' UNION SELECT secret_hash::text FROM api_token --",
  '" OR ""="',
  '$1',
  '$$; DELETE FROM request; $$',
  ':name ?1 @p1 #{x} ${x} %s %n',
  '/* */ -- # ;',
  '*/ OR true /*',
  '%',
  '_%\\',
  '{"a"}',
  '{,}',
  '[1,2)',
  "E'\\047'",
  '\0',
  `222233334444\0`,
  `request_${UUID}\0`,
  '\ud800',
  'us-east-1\udfff',
  '\udc00\ud800',
  '\u202e\ufeff\u2028',
  '\uffff\ufffe',
  '𝟚'.repeat(12),
  'NaN',
  'infinity',
  'epoch',
  '2026-01-01T00:00:00Z' + DROP,
  '0000-01-01T00:00:00Z',
  '-271821-04-20T00:00:00Z',
  '+275760-09-13T00:00:00Z',
  '9999-12-31T23:59:59.999999999+14:00',
  '2026-02-30T25:61:61Z',
  'x'.repeat(100_000),
  "'".repeat(5_000),
  '\ud83d'.repeat(1_000),
  ...['requests', 'outcomes', 'calls', 'deniedAttempts', 'inventory'].flatMap((list) =>
    [
      DROP,
      `${UUID}${DROP}`,
      `1|222233334444${DROP}`,
      '9223372036854775808|222233334444',
      '222233334444|\0',
      '\0',
    ].map((key) => Buffer.from(`1|${list}|${key}`).toString('base64url')),
  ),
];

/** Of all texts in all arguments one in this number is sent: a mutation takes longer than a query. */
const QUERIES_STEP = byRunLength(5, 1);
const MUTATIONS_STEP = byRunLength(13, 3);

/** Tables that a query may write to: the budget of its caller, and what was read from AWS. */
const WRITTEN_BY_QUERIES = ['caller_budget', 'kept_from', 'kept_member', 'kept_page', 'target', 'lane'];

let gateway: TestGateway;
let schema: GraphQLSchema;
let right: RightValues;
let paths: ArgumentPath[];
beforeAll(async () => {
  gateway = await startGateway({ environment: { CALLER_BUDGET: '1000000000' } });
  const input = { accounts: accounts(2), administrator: null, note: 'plain words', waitSeconds: 10 };
  const { body } = await gateway.post({
    query:
      'mutation ($input: CreateMembersInput!) { createMembers(input: $input) { request { id } userErrors { message } } }',
    variables: { input },
  });
  expect(body).toMatchObject({ data: { createMembers: { userErrors: [] } } });
  const { request } = body.data!['createMembers'] as { request: { id: string } };
  schema = buildSchema(readFileSync('schema.graphql', 'utf8'));
  right = { AwsAccountId: '222233334444', AwsRegion: 'us-east-1', ID: request.id, Int: 1 };
  paths = argumentPaths(schema, right);
});
afterAll(() => gateway.stop());

interface Sent {
  readonly path: ArgumentPath;
  readonly text: string;
}

it('every argument has a query that is answered with data', async () => {
  expect(paths.length).toBeGreaterThan(100);
  for (const { name, query, right } of paths) {
    const { body } = await gateway.post({ query, variables: { value: right } });
    expect(body.errors, name).toBeUndefined();
  }
});

it('no text in any argument reaches PostgreSQL as SQL, or fails inside the gateway', async () => {
  const before = await onServer(gateway.databaseUrl, tables);
  await expectNoFaults(paths, QUERIES_STEP, faultOf);
  expect(await onServer(gateway.databaseUrl, tables)).toEqual(before);
}, 120_000);

it('no text in any argument of a subscription does', async () => {
  const before = await onServer(gateway.databaseUrl, tables);
  await expectNoFaults(argumentPaths(schema, right, OperationTypeNode.SUBSCRIPTION), 1, faultOfStream);
  expect(await onServer(gateway.databaseUrl, tables)).toEqual(before);
});

it('wildcards in a filter stand for themselves', async () => {
  const query = 'query ($filter: RequestFilter) { requests(filter: $filter) { totalCount } }';
  const answerTo = async (filter: object) => (await gateway.post({ query, variables: { filter } })).body;
  for (const filter of [{ note: 'PLAIN' }, { region: 'us-east-1' }]) {
    expect(await answerTo(filter)).toMatchObject({ data: { requests: { totalCount: 1 } } });
  }
  for (const text of ['%', '_', '_%', '\\%', '.*']) {
    expect(await answerTo({ note: text }), text).toMatchObject({ data: { requests: { totalCount: 0 } } });
    for (const name of ['requestedBy', 'administrator', 'region']) {
      const { data, errors } = await answerTo({ [name]: text });
      expect(data?.['requests'] ?? errors, `${name}: ${text}`).not.toMatchObject({ totalCount: 1 });
    }
  }
});

// The last test, since it records requests.
it('no text in any argument of a mutation does, and no table loses a row', async () => {
  const before = await onServer(gateway.databaseUrl, tables);
  const ofMutations = argumentPaths(schema, right, OperationTypeNode.MUTATION).filter(
    ({ takesText }) => takesText,
  );
  expect(ofMutations.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'Mutation.createMembers(input.note)',
      'Mutation.createMembers(input.accounts.email)',
      'Mutation.inviteMembers(input.message)',
      'Mutation.deleteMembers(input.confirm)',
      'Mutation.resolveDoubt(input.reason)',
      'Mutation.createToken(input.name)',
    ]),
  );
  await expectNoFaults(ofMutations, MUTATIONS_STEP, faultOf);
  const after = await onServer(gateway.databaseUrl, tables);
  expect(after.map(({ name, columns }) => ({ name, columns }))).toEqual(
    before.map(({ name, columns }) => ({ name, columns })),
  );
  const lost = before.filter(({ count }, index) => Number(after[index]!.count) < Number(count));
  expect(lost).toEqual([]);
}, 120_000);

/** Sends the texts in the places of the paths, one pair in `step`, CLIENTS at a time. */
async function expectNoFaults(
  to: readonly ArgumentPath[],
  step: number,
  faultIn: (sent: Sent) => Promise<string | null>,
): Promise<void> {
  const pairs: Sent[] = to.flatMap((path) => TEXTS.map((text) => ({ path, text })));
  const all = pairs.filter((_pair, index) => index % step === 0);
  const failures: string[] = [];
  const remaining = all.values();
  const client = async (): Promise<void> => {
    for (const sent of remaining) {
      const fault = await faultIn(sent);
      if (fault !== null) {
        failures.push(fault);
      }
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  expect(failures.slice(0, 20), `${failures.length} of ${all.length}`).toEqual([]);
}

/** As `faultOf`, for a subscription: every text is refused, in the first event. */
async function faultOfStream({ path, text }: Sent): Promise<string | null> {
  const response = await fetch(`${gateway.url}/graphql/stream`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query: path.query, variables: { value: path.valueWith(text) } }),
  });
  const events = await response.text();
  const codes = [...events.matchAll(/"code":"(\w+)"/g)].map(([, code]) => code ?? '');
  return codes.length > 0 && codes.every(blamesCaller)
    ? null
    : `${path.name} ${JSON.stringify(text).slice(0, 200)}: ${events.slice(0, 500)}`;
}

function blamesCaller(code: string): boolean {
  return code !== 'INTERNAL_ERROR' && (CALLER_CODES as readonly string[]).includes(code);
}

/** What is wrong with the answer to a text, with the text; null for data, or for an error that blames the caller. */
async function faultOf({ path, text }: Sent): Promise<string | null> {
  const { status, body } = await gateway.post({
    query: path.query,
    variables: { value: path.valueWith(text) },
  });
  const codes = (body.errors ?? []).map(({ extensions }) => extensions.code);
  const isAnswered = body.data !== undefined || codes.length > 0;
  return status < 500 && codes.every((code) => blamesCaller(code)) && isAnswered
    ? null
    : `${path.name} ${JSON.stringify(text).slice(0, 200)}: ${status} ${JSON.stringify(body.errors).slice(0, 500)}`;
}

/** Every table with its columns and, unless queries write to it, its number of rows. */
async function tables(client: pg.Client) {
  const { rows } = await client.query<{ name: string; columns: string }>(
    `SELECT table_name AS name, string_agg(column_name || ' ' || data_type, ', ' ORDER BY ordinal_position) AS columns
     FROM information_schema.columns WHERE table_schema = 'public' GROUP BY table_name ORDER BY table_name`,
  );
  const counted = [];
  for (const { name, columns } of rows) {
    const count = WRITTEN_BY_QUERIES.includes(name)
      ? null
      : (await client.query<{ count: string }>(`SELECT count(*) FROM "${name}"`)).rows[0]!.count;
    counted.push({ name, columns, count });
  }
  return counted;
}
