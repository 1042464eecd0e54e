import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../../support/gateway.js';
import { writeAdministrators } from '../../support/administrators.js';

let gateway: TestGateway;
const secrets = new Map<string, string>();

beforeAll(async () => {
  gateway = await startGateway({
    environment: {
      AUTH_MODE: 'token',
      ADMINISTRATORS_FILE: await writeAdministrators({ one: '111122223333', two: '444455556666' }),
    },
  });
  secrets.set('root', await gateway.token('root', 'ADMIN'));
  secrets.set('boss', await gateway.token('boss', 'ADMIN', ['one']));
});
afterAll(() => gateway.stop());

const ask = async (name: string, query: string) => {
  const headers = { authorization: `Bearer ${secrets.get(name)}`, 'x-request-id': 'curious' };
  const { data, errors } = (await gateway.post({ query }, headers)).body;
  return { data, errors };
};

/** The denied attempts that admin `name` sees. */
async function denied(name: string) {
  const { data } = await ask(
    name,
    '{ deniedAttempts(first: 100) { nodes { code reason callerId requestId } } }',
  );
  return (data?.['deniedAttempts'] as { nodes: { reason: string }[] }).nodes;
}

const WAYS: [field: string, write: (administrator: string) => string][] = [
  [
    'Mutation.createMembers',
    (id) =>
      `mutation { createMembers(input: { administrator: "${id}", accounts: [] }) { userErrors { code message } } }`,
  ],
  [
    'Mutation.inviteMembers',
    (id) =>
      `mutation { inviteMembers(input: { administrator: "${id}", accountIds: [] }) { userErrors { code message } } }`,
  ],
  [
    'Mutation.createToken',
    (id) =>
      `mutation { createToken(input: { name: "x", role: VIEWER, administrators: ["${id}"] }) { userErrors { code message } } }`,
  ],
  [
    'Query.members',
    (id) =>
      `{ members(administrator: "${id}", service: SECURITY_HUB, region: "us-east-1") { nodes { accountId } } }`,
  ],
  ['Query.outcomes', (id) => `{ outcomes(filter: { administrator: "${id}" }) { nodes { id } } }`],
  [
    'Account.members',
    (id) => `{ account(accountId: "222233334444") { members(administrator: "${id}") { status } } }`,
  ],
];

describe('an administrator that exists and is not granted', () => {
  it.each(WAYS)(
    'is to %s like one that does not exist, and the attempt is recorded',
    async (field, write) => {
      const foreign = await ask('boss', write('two'));
      const none = await ask('boss', write('zzz'));
      expect(JSON.parse(JSON.stringify(foreign).replaceAll('two', 'zzz'))).toEqual(none);
      expect(await denied('root')).toContainEqual({
        code: 'FORBIDDEN',
        reason: `${field} of the administrator two`,
        callerId: expect.stringMatching(/^token_/),
        requestId: 'curious',
      });
    },
  );

  it('is recorded for each execution of a query, also when it is compiled', async () => {
    const headers = { authorization: `Bearer ${secrets.get('boss')}`, 'x-request-id': 'again' };
    const query =
      'query ($id: ID) { outcomes(first: 3, filter: { administrator: $id }) { nodes { id region } } }';
    const answers = [];
    for (let time = 0; time < 5; time += 1) {
      answers.push((await gateway.post({ query, variables: { id: 'two' } }, headers)).body.data);
    }
    expect(answers).toEqual(answers.map(() => ({ outcomes: { nodes: [] } })));
    const { data } = await ask(
      'root',
      '{ deniedAttempts(first: 100) { nodes { attempts requestId reason } } }',
    );
    const { nodes } = data?.['deniedAttempts'] as {
      nodes: { attempts: number; requestId: string; reason: string }[];
    };
    const again = nodes.filter(({ requestId }) => requestId === 'again');
    expect(new Set(again.map(({ reason }) => reason))).toEqual(
      new Set(['Query.outcomes of the administrator two']),
    );
    expect(again.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(5);
  });

  it('is recorded for exports too', async () => {
    const fetchExport = async (id: string) => {
      const headers = { authorization: `Bearer ${secrets.get('boss')}` };
      return (await fetch(`${gateway.url}/export/outcomes.csv?administrator=${id}`, { headers })).text();
    };
    expect(await fetchExport('two')).toBe(await fetchExport('zzz'));
    expect(await denied('root')).toContainEqual(
      expect.objectContaining({ reason: 'GET /export of the administrator two' }),
    );
  });

  it('stays unknown to admins to whom it is not granted; one that does not exist is not recorded', async () => {
    expect((await denied('root')).length).toBeGreaterThan(0);
    expect(await denied('boss')).toEqual([]);
    expect(JSON.stringify(await denied('root'))).not.toContain('zzz');
  });
});

describe('a cursor of deniedAttempts', () => {
  it.each(['requests', 'calls', 'outcomes'])(
    'is refused by %s, with the name of the argument',
    async (list) => {
      const { data } = await ask('root', '{ deniedAttempts(first: 1) { pageInfo { endCursor } } }');
      const { endCursor } = (data?.['deniedAttempts'] as { pageInfo: { endCursor: string } }).pageInfo;
      const { errors } = await ask('root', `{ ${list}(after: "${endCursor}") { nodes { id } } }`);
      expect(errors).toMatchObject([
        {
          message: `after: expected a cursor from a list of ${list}; "${endCursor}" is from a list of deniedAttempts`,
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ]);
    },
  );

  it('continues after its row, and is refused from another list', async () => {
    const { data } = await ask(
      'root',
      '{ deniedAttempts(first: 1) { nodes { id } pageInfo { endCursor } } }',
    );
    const { nodes, pageInfo } = data?.['deniedAttempts'] as {
      nodes: { id: string }[];
      pageInfo: { endCursor: string };
    };
    const next = await ask(
      'root',
      `{ deniedAttempts(first: 1, after: "${pageInfo.endCursor}") { nodes { id } } }`,
    );
    const { nodes: others } = next.data?.['deniedAttempts'] as { nodes: { id: string }[] };
    expect(others).toHaveLength(1);
    expect(others).not.toEqual(nodes);
    const foreign = Buffer.from('1|requests|01900000-0000-7000-8000-0000000000ab').toString('base64url');
    const { errors } = await ask('root', `{ deniedAttempts(after: "${foreign}") { nodes { id } } }`);
    expect(errors?.[0]?.message).toBe(
      `after: expected a cursor from a list of deniedAttempts; "${foreign}" is from a list of requests`,
    );
  });
});
