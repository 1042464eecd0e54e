import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { MembershipOperation, TargetAddress } from '../../src/membership.js';
import type { CallAnswer, Upstream } from '../../src/ports/upstream.js';
import type { ServiceUnderTest } from './describeMembershipService.js';
import { administrator, OWN_ACCOUNT, startSandboxFixture, type SandboxFixture } from './sandboxFixture.js';

const REGION = 'eu-west-1';
const MEMBERS = ['000000000001', '000000000002', '999999999999'] as const;
const STRANGER = '888888888888';

/**
 * The contract of the port for removals, for both services.
 *
 * @param saysNothing The answer of DisassociateMembers names no accounts.
 */
export function describeRemovals(
  name: string,
  { service, signingName, ...its }: Pick<ServiceUnderTest, 'service' | 'signingName' | 'detectorId'>,
  saysNothing: boolean,
): void {
  describe(name, () => {
    const target: TargetAddress = { administrator: 'security', service, region: REGION };
    let fixture: SandboxFixture;
    let upstream: Upstream;
    let detectorId: string | null;

    beforeAll(async () => {
      fixture = await startSandboxFixture();
      upstream = fixture.upstream({ administrators: [administrator({ regions: [REGION] })] });
      detectorId = await its.detectorId(upstream, target);
    });
    beforeEach(async () => {
      await fixture.reset();
      await fixture.control('POST', 'members', {
        account: OWN_ACCOUNT,
        region: REGION,
        service: signingName,
        members: MEMBERS.map((accountId) => ({ accountId, status: 'Enabled' })),
      });
    });
    afterAll(() => fixture.stop());

    const remove = (operation: MembershipOperation, accountIds: readonly string[]): Promise<CallAnswer> =>
      upstream.changeMembers(target, {
        operation,
        accounts: accountIds.map((accountId) => ({ accountId, email: null })),
        detectorId,
        message: null,
        disableEmailNotification: null,
      });
    const statuses = async () => {
      const read = await upstream.getMembers(target, detectorId, MEMBERS);
      if (read.kind !== 'READ') {
        throw new Error(`expected members, got ${JSON.stringify(read)}`);
      }
      return Object.fromEntries(
        read.members.map(({ accountId, serviceStatus }) => [accountId, serviceStatus]),
      );
    };

    it('disassociates members with one request each, and keeps their entries', async () => {
      const answer = await remove('DISASSOCIATE_MEMBERS', [MEMBERS[0], STRANGER]);
      expect(answer).toMatchObject({ metadata: { httpStatus: 200, attempts: 1 } });
      if (saysNothing) {
        expect(answer).toEqual({ kind: 'ACKNOWLEDGED', metadata: answer.metadata });
      } else {
        expect(answer).toMatchObject({
          kind: 'ANSWERED',
          unprocessed: [{ accountId: STRANGER, result: expect.stringContaining('not yet associated to it') }],
        });
      }
      expect(await statuses()).toEqual({
        [MEMBERS[0]]: 'Removed',
        [MEMBERS[1]]: 'Enabled',
        [MEMBERS[2]]: 'Enabled',
      });
      expect((await fixture.calls()).map(({ operation }) => operation)).toEqual([
        'DisassociateMembers',
        'GetMembers',
      ]);
    });

    it('deletes members that are not associated, and says why the others stay', async () => {
      await remove('DISASSOCIATE_MEMBERS', [MEMBERS[0]]);
      expect(await remove('DELETE_MEMBERS', [MEMBERS[0], MEMBERS[1], STRANGER])).toMatchObject({
        kind: 'ANSWERED',
        unprocessed: [
          { accountId: MEMBERS[1], result: expect.stringContaining('since it is still associated to it') },
          { accountId: STRANGER, result: expect.stringContaining('is not an associated member') },
        ],
      });
      expect(await statuses()).toEqual({ [MEMBERS[1]]: 'Enabled', [MEMBERS[2]]: 'Enabled' });
    });
  });
}
