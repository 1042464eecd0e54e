import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { postOnce, type Attack, type AttackTarget } from './attack.js';
import { streamAttacks } from './streamAttacks.js';

const HEAVY = `{ requests(first: 100) { nodes { id status createdAt
  outcomes(first: 100) { nodes { id accountId email status reasonCode reason settledAt administrator service region } } } } }`;
const OUTCOME =
  'id accountId email status reasonCode reason settledAt administrator service region operation retryable sends';
const REQUEST =
  'id status createdAt startedAt finishedAt operation note idempotencyKey alreadyMember counts { total processed unprocessed }';
const ALIASES = Array.from({ length: 50 }, (_, n) => n);

/** The most expensive things that the limits allow one caller, and ten callers. */
export function attacks(target: AttackTarget): readonly Attack[] {
  return [
    ...queryAttacks(target),
    ...mutationAttacks(target),
    ...documentAttacks(target),
    {
      name: '200 made-up tokens',
      atOnce: 200,
      send: () =>
        postOnce(
          { ...target, authorization: `Bearer mgw_${randomBytes(32).toString('base64url')}` },
          JSON.stringify({ query: '{ __typename }' }),
        ),
    },
    {
      name: '100 small exports',
      atOnce: 100,
      send: () => exportOnce(target),
    },
    ...streamAttacks(target),
    {
      name: '4 connections with 20,000 pipelined requests each',
      atOnce: 4,
      send: () => pipeline(target, 20_000),
    },
  ];
}

/** Queries, each sent again and again. */
function queryAttacks(target: AttackTarget): readonly Attack[] {
  const post = posting(target);
  return [
    post('9 queries of the most objects', 9, { query: HEAVY }),
    post('50 queries with 50 aliases of statistics', 50, {
      query: `{ ${ALIASES.map((n) => `a${n}: statistics(groupBy: []) { outcomes }`).join(' ')} }`,
    }),
    post('10 queries of distinct accounts', 10, { query: '{ statistics(groupBy: [MONTH]) { accounts } }' }),
    post('10 queries of 10,000 statistics rows', 10, {
      query:
        '{ statistics(groupBy: [HOUR, SERVICE, REGION, STATUS, REASON_CODE, REQUESTED_BY]) { from service region status reasonCode requestedBy outcomes } }',
    }),
    post('20 queries of live members', 20, {
      query:
        '{ members(service: GUARDDUTY, region: "us-east-1", first: 100) { nodes { accountId status } } }',
    }),
    post('10 introspection queries', 10, {
      query: `{ ${ALIASES.slice(0, 4)
        .map((n) => `a${n}: __schema { types { name fields { name args { name } } } }`)
        .join(' ')} }`,
    }),
    post('20 invalid documents of 200 kB', 20, { query: `{ ${'unknown '.repeat(25_000)} }` }),
    post('10 documents with 20,000 lines and faults', 10, {
      query: `{${'\n'.repeat(19_900)}${ALIASES.map((n) => `unknown${n}`).join(' ')} }`,
    }),
  ];
}

/** Mutations of many accounts. */
function mutationAttacks(target: AttackTarget): readonly Attack[] {
  const post = posting(target);
  const accounts = (from: number, count: number) => target.accounts.slice(from, from + count);
  return [
    post('4 requests of 10,000 accounts at 4 targets', 4, {
      query:
        'mutation ($input: CreateMembersInput!) { createMembers(input: $input) { request { id } userErrors { code } } }',
      variables: { input: { accounts: accounts(0, 10_000), waitSeconds: 0 } },
    }),
    post('4 dry runs of 1,000 accounts', 4, {
      query:
        'mutation ($input: CreateMembersInput!) { createMembers(input: $input) { plan { targets { accounts { accountId verdict } } } userErrors { code } } }',
      variables: { input: { accounts: accounts(0, 1_000), dryRun: true } },
    }),
  ];
}

/** Makes attacks that send one body. */
function posting(target: AttackTarget) {
  return (name: string, atOnce: number, body: object): Attack => {
    const json = JSON.stringify(body);
    return { name, atOnce, send: () => postOnce(target, json) };
  };
}

/** Documents that no cache has. */
function documentAttacks(target: AttackTarget): readonly Attack[] {
  let documents = 0;
  const distinct = (name: string, atOnce: number, sends: number, selections: string): Attack => {
    let count = 0;
    return {
      name,
      atOnce,
      send() {
        documents += count % sends === 0 ? 1 : 0;
        count += 1;
        return postOnce(target, JSON.stringify({ query: `query Q${documents} { ${selections} }` }));
      },
    };
  };
  return [
    // 15,840 of the 20,000 comparisons that a document may need.
    distinct(
      '20 distinct documents of 990 fields',
      20,
      1,
      `outcomes(first: 1) { edges { node { ${OUTCOME} request { ${REQUEST} } } } } `.repeat(33),
    ),
    distinct(
      '20 distinct documents that need too many comparisons',
      20,
      1,
      'requests(first: 1) { nodes { id } } '.repeat(330),
    ),
    // The third execution compiles a query.
    distinct(
      '20 distinct documents, each sent three times',
      20,
      3,
      ALIASES.slice(0, 45)
        .map((n) => `a${n}: request(id: "cmVxdWVzdDox") { id status createdAt }`)
        .join(' '),
    ),
  ];
}

/** Exports the outcomes of one account. */
async function exportOnce({ url, authorization }: AttackTarget): Promise<number> {
  const answer = await fetch(`${url}/export/outcomes.csv?accountId=100000000000`, {
    headers: { authorization },
  });
  await answer.arrayBuffer();
  return answer.status;
}

/** Sends requests for readiness on one connection without waiting for an answer. Resolves with 200 once all have been read. */
async function pipeline({ url }: AttackTarget, requests: number): Promise<number> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const one = `GET /health/ready HTTP/1.1\r\nHost: ${hostname}\r\n`;
  socket.write(`${one}\r\n`.repeat(requests - 1));
  socket.write(`${one}Connection: close\r\n\r\n`);
  try {
    const answers = (await text(socket)).split('HTTP/1.1 200 OK').length - 1;
    return answers === requests ? 200 : 0;
  } catch {
    return 0;
  }
}
