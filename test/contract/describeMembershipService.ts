import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../sandbox/faults/fault.js';
import type { OperationName } from '../../sandbox/operations.js';
import type { Service } from '../../sandbox/scope.js';
import type { MembershipOperation, SecurityService, TargetAddress } from '../../src/membership.js';
import type { CallAnswer, MemberChange, Upstream } from '../../src/ports/upstream.js';
import { administrator, OWN_ACCOUNT, startSandboxFixture, type SandboxFixture } from './sandboxFixture.js';

/** The differences between the services at the port. */
export interface ServiceUnderTest {
  readonly service: SecurityService;
  readonly signingName: Service;
  /** The detector in calls; null for a service without detectors. */
  detectorId(upstream: Upstream, target: TargetAddress): Promise<string | null>;
  /** How the service refuses a whole call. */
  readonly refusals: Readonly<Record<string, readonly [fault: Fault, httpStatus: number, errorCode: string]>>;
  /** The name of its HTTP 500 error. */
  readonly internalError: string;
}

const REGION = 'eu-west-1';
/** Leading zeros, and digits that a number would lose. */
const ACCOUNTS = ['000000000001', '000000000002', '999999999999'];
/** Left unprocessed in every region by the sandbox: a magic account id. */
const SELF = '000000900003';
const REQUEST_TIMEOUT_MS = 400;
const REQUEST_ID = /^[0-9a-f-]{36}$/;
const OPERATIONS: Readonly<Record<MembershipOperation, OperationName>> = {
  CREATE_MEMBERS: 'CreateMembers',
  INVITE_MEMBERS: 'InviteMembers',
  DISASSOCIATE_MEMBERS: 'DisassociateMembers',
  DELETE_MEMBERS: 'DeleteMembers',
};

/** The contract of the port for both services. */
export function describeMembershipService(name: string, setup: () => ServiceUnderTest): void {
  describe(name, () => {
    const { service, signingName, refusals, internalError, ...its } = setup();
    const target: TargetAddress = { administrator: 'security', service, region: REGION };
    let fixture: SandboxFixture;
    let upstream: Upstream;
    let detectorId: string | null;

    beforeAll(async () => {
      fixture = await startSandboxFixture();
      upstream = fixture.upstream({
        administrators: [administrator({ regions: [REGION] })],
        requestTimeoutMs: REQUEST_TIMEOUT_MS,
      });
      detectorId = await its.detectorId(upstream, target);
    });
    beforeEach(() => fixture.reset());
    afterAll(() => fixture.stop());

    const change = (
      operation: MembershipOperation,
      accountIds: readonly string[],
      changes: Partial<MemberChange> = {},
    ): Promise<CallAnswer> =>
      upstream.changeMembers(target, {
        operation,
        accounts: accountIds.map((accountId) => ({ accountId, email: `m${accountId}@example.com` })),
        detectorId,
        message: null,
        disableEmailNotification: null,
        ...changes,
      });
    const read = async (accountIds: readonly string[]) => {
      const answer = await upstream.getMembers(target, detectorId, accountIds);
      if (answer.kind !== 'READ') {
        throw new Error(`expected members, got ${JSON.stringify(answer)}`);
      }
      return answer.members.toSorted((a, b) => a.accountId.localeCompare(b.accountId));
    };

    it('creates, invites and reads members, with every digit of their ids', async () => {
      const before = Date.now();
      const created = await change('CREATE_MEMBERS', ACCOUNTS);
      const invited = await change('INVITE_MEMBERS', ACCOUNTS.slice(1));
      for (const answer of [created, invited]) {
        expect(answer).toMatchObject({
          kind: 'ANSWERED',
          metadata: { httpStatus: 200, attempts: 1 },
          unprocessed: [],
        });
      }

      const members = await read([...ACCOUNTS, '888888888888']);
      expect(members.map(({ accountId, serviceStatus, email }) => [accountId, serviceStatus, email])).toEqual(
        [
          ['000000000001', 'Created', 'm000000000001@example.com'],
          ['000000000002', 'Invited', 'm000000000002@example.com'],
          ['999999999999', 'Invited', 'm999999999999@example.com'],
        ],
      );
      expect(members[0]).toMatchObject({ invitedAt: null });
      for (const { invitedAt } of members.slice(1)) {
        expect(invitedAt?.getTime()).toBeGreaterThanOrEqual(before - 1_000);
        expect(invitedAt?.getTime()).toBeLessThanOrEqual(Date.now());
      }
      for (const { updatedAt } of members) {
        expect(updatedAt).toBeInstanceOf(Date);
      }
    });

    it('sends 50 accounts in one request', async () => {
      const ids = Array.from({ length: 50 }, (_, n) => String(n + 1).padStart(12, '0'));
      expect(await change('CREATE_MEMBERS', ids)).toMatchObject({ kind: 'ANSWERED', unprocessed: [] });
      expect(await read(ids)).toHaveLength(50);
      const [created] = await fixture.calls();
      expect(created).toMatchObject({ operation: 'CreateMembers', region: REGION, account: OWN_ACCOUNT });
      expect(created?.accountIds).toEqual(ids);
    });

    it('refuses a call with 51 accounts', async () => {
      const ids = Array.from({ length: 51 }, (_, n) => String(n + 1).padStart(12, '0'));
      expect(await change('CREATE_MEMBERS', ids)).toMatchObject({
        kind: 'REFUSED',
        metadata: { httpStatus: 400 },
      });
      expect(await read(ids.slice(0, 50))).toEqual([]);
    });

    it.each(['CREATE_MEMBERS', 'INVITE_MEMBERS'] as const)(
      'tells which accounts of %s were left out, in the words of the service',
      async (operation) => {
        await fixture.control('POST', 'members', {
          account: OWN_ACCOUNT,
          region: REGION,
          service: signingName,
          members: operation === 'INVITE_MEMBERS' ? [{ accountId: '000000000001', status: 'Created' }] : [],
        });
        expect(await change(operation, ['000000000001', SELF])).toMatchObject({
          kind: 'ANSWERED',
          unprocessed: [
            {
              accountId: SELF,
              result: 'The request is rejected because an account cannot become a member of itself.',
            },
          ],
        });
      },
    );

    it("records AWS's request id of every answer, also of a refusal", async () => {
      const answers = [await change('CREATE_MEMBERS', ACCOUNTS)];
      await fixture.strike(signingName, 'CreateMembers', 'access-denied');
      answers.push(await change('CREATE_MEMBERS', ACCOUNTS));
      const logged = (await fixture.calls()).map(({ requestId }) => requestId);
      expect(answers.map(({ metadata }) => metadata.awsRequestId)).toEqual(logged);
      for (const id of logged) {
        expect(id).toMatch(REQUEST_ID);
      }
    });

    describe.each(Object.entries(OPERATIONS) as [MembershipOperation, OperationName][])(
      '%s',
      (operation, wireName) => {
        /** Returns the answer to a call with a fault, and checks that it was sent once. */
        async function struck(fault: Fault): Promise<CallAnswer> {
          await fixture.strike(signingName, wireName, fault);
          const answer = await change(operation, ['000000000001']);
          expect((await fixture.calls()).map((call) => call.operation)).toEqual([wireName]);
          expect(answer.metadata.attempts).toBe(1);
          return answer;
        }

        it.each(Object.entries(refusals))(
          'is refused with %s',
          async (_name, [fault, httpStatus, errorCode]) => {
            const answer = await struck(fault);
            expect(answer).toMatchObject({ kind: 'REFUSED', errorCode, metadata: { httpStatus } });
            expect(answer).toHaveProperty('errorMessage', expect.stringMatching(/\w+ \w+/));
          },
        );

        it.each<[Fault, httpStatus: number | null, errorCode: string]>([
          ['internal-error', 500, internalError],
          ['html-502', 502, 'UnreadableAnswer'],
          ['cut-body', 200, 'ECONNRESET'],
          ['reset-before', null, 'ECONNRESET'],
          ['reset-after', null, 'ECONNRESET'],
          ['hang-before', null, 'ETIMEDOUT'],
          ['hang-after', null, 'ETIMEDOUT'],
        ])('has no answer after %s', async (fault, httpStatus, errorCode) => {
          expect(await struck(fault)).toMatchObject({
            kind: 'UNANSWERED',
            errorCode,
            neverSent: false,
            metadata: { httpStatus },
          });
        });
      },
    );

    it('reads members with one request, also if the service throttles: each request needs its own token of the rate', async () => {
      await fixture.strike(signingName, 'GetMembers', 'internal-error');
      expect(await upstream.getMembers(target, detectorId, ACCOUNTS)).toMatchObject({
        kind: 'UNANSWERED',
        errorCode: internalError,
        metadata: { httpStatus: 500, attempts: 1 },
      });
      expect(await fixture.calls()).toHaveLength(1);
    });

    it('lists members of every status in pages, and marks the last page', async () => {
      const statuses = ['Created', 'Invited', 'Enabled', 'Removed', 'Resigned'];
      const members = statuses.map((status, n) => ({ accountId: `00000000000${n}`, status }));
      const scope = { account: OWN_ACCOUNT, region: REGION, service: signingName };
      await fixture.control('POST', 'members', { ...scope, members });
      const seen: string[] = [];
      let nextToken: string | null = null;
      do {
        const page = await upstream.listMembers(target, detectorId, { pageSize: 2, nextToken });
        if (page.kind !== 'READ') {
          throw new Error(`expected a page, got ${JSON.stringify(page)}`);
        }
        seen.push(...page.members.map(({ accountId, serviceStatus }) => `${accountId} ${serviceStatus}`));
        nextToken = page.nextToken;
      } while (nextToken !== null);
      expect(seen).toEqual(members.map(({ accountId, status }) => `${accountId} ${status}`));
      expect((await fixture.calls()).map(({ operation }) => operation)).toEqual(Array(3).fill('ListMembers'));
    });

    it('accepts 50 members a page, refuses 51 and an unknown token', async () => {
      const list = (pageSize: number, nextToken: string | null = null) =>
        upstream.listMembers(target, detectorId, { pageSize, nextToken });
      expect(await list(50)).toEqual({ kind: 'READ', members: [], nextToken: null });
      expect(await list(51)).toMatchObject({ kind: 'REFUSED', metadata: { httpStatus: 400 } });
      expect(await list(50, 'banana')).toMatchObject({ kind: 'REFUSED', metadata: { httpStatus: 400 } });
    });

    it('lists members with one request, also if the service throttles', async () => {
      await fixture.strike(signingName, 'ListMembers', 'internal-error');
      const page = { pageSize: 50, nextToken: null };
      expect(await upstream.listMembers(target, detectorId, page)).toMatchObject({
        kind: 'UNANSWERED',
        metadata: { httpStatus: 500, attempts: 1 },
      });
      expect(await fixture.calls()).toHaveLength(1);
    });

    it.each(['getMembers', 'listMembers'] as const)(
      'gives up %s when no caller waits for it',
      async (action) => {
        await fixture.control('PUT', 'latency', { ms: 3_000 });
        const nobody = new AbortController();
        const read =
          action === 'getMembers'
            ? upstream.getMembers(target, detectorId, ACCOUNTS, { signal: nobody.signal })
            : upstream.listMembers(target, detectorId, { pageSize: 50, nextToken: null }, nobody.signal);
        setTimeout(() => {
          nobody.abort();
        }, 100);
        expect(await read).toMatchObject({ kind: 'UNANSWERED', errorCode: 'AbortError' });
      },
    );

    it.each(['getMembers', 'changeMembers'])('reports a region that is off (%s)', async (action) => {
      const off = { ...target, region: 'ap-east-1' };
      const answer =
        action === 'getMembers'
          ? await upstream.getMembers(off, detectorId, ACCOUNTS)
          : await upstream.changeMembers(off, {
              operation: 'INVITE_MEMBERS',
              accounts: [{ accountId: '000000000001', email: null }],
              detectorId,
              message: null,
              disableEmailNotification: null,
            });
      expect(answer).toMatchObject({
        kind: 'REFUSED',
        errorCode: 'UnrecognizedClientException',
        metadata: { httpStatus: 403 },
      });
    });

    it('reports a call as not sent if the connection is refused', async () => {
      const gone = await startSandboxFixture();
      const { url } = gone;
      await gone.stop();
      const deaf = fixture.upstream({ administrators: [administrator()], endpoint: url });
      const answer = await deaf.changeMembers(target, {
        operation: 'CREATE_MEMBERS',
        accounts: [{ accountId: '000000000001', email: null }],
        detectorId: 'd',
        message: null,
        disableEmailNotification: null,
      });
      expect(answer).toMatchObject({
        kind: 'UNANSWERED',
        errorCode: 'ECONNREFUSED',
        neverSent: true,
        metadata: { httpStatus: null, awsRequestId: null, attempts: 0 },
      });
    });

    it('refuses an administrator that is no longer configured, without a call', async () => {
      const gone = { ...target, administrator: 'gone' };
      const answers = [
        await upstream.getMembers(gone, detectorId, ACCOUNTS),
        await upstream.listMembers(gone, detectorId, { pageSize: 50, nextToken: null }),
        await upstream.findDetector(gone),
      ];
      for (const answer of answers) {
        expect(answer).toEqual({
          kind: 'REFUSED',
          metadata: { httpStatus: null, awsRequestId: null, attempts: 0 },
          errorCode: 'AdministratorNotConfigured',
          errorMessage: 'The administrator "gone" is not configured any more; nothing was sent.',
        });
      }
      expect(await fixture.calls()).toEqual([]);
    });
  });
}
