import { afterEach, expect, it, vi } from 'vitest';
import { CreateMembersDocument, InviteMembersDocument } from '../../generated/graphql.js';
import { accounts, startGateway, type TestGateway } from '../../support/gateway.js';

const RealDate = Date;
const HOUR_MS = 3_600_000;

let gateway: TestGateway;
afterEach(async () => {
  vi.unstubAllGlobals();
  await gateway.stop();
});

/** The clock of this process, late or early by so much. PostgreSQL and the sandbox keep the right time. */
function stubClock(offsetMs: number): void {
  class WrongDate extends RealDate {
    constructor(...parts: [] | [number | string | Date]) {
      super(parts.length === 0 ? RealDate.now() + offsetMs : parts[0]);
    }

    static override now(): number {
      return RealDate.now() + offsetMs;
    }
  }
  vi.stubGlobal('Date', WrongDate);
}

it.each([-HOUR_MS, HOUR_MS, 24 * HOUR_MS])(
  "an invitation whose answer was lost is settled at once, with one mail, by a gateway's clock that is %i ms off",
  async (offsetMs) => {
    gateway = await startGateway({ sandbox: { now: () => RealDate.now() } });
    stubClock(offsetMs);
    const where = { regions: ['us-east-1'], services: ['SECURITY_HUB' as const], waitSeconds: 25 };
    const created = await gateway.execute(CreateMembersDocument, {
      input: { ...where, accounts: accounts(2) },
    });
    expect(created.createMembers?.request).toMatchObject({ status: 'SUCCEEDED' });
    await gateway.sandbox.put('faults', [
      { match: { operation: 'InviteMembers' }, fault: 'reset-after', times: 1 },
    ]);
    const accountIds = accounts(2).map(({ accountId }) => accountId);
    const { inviteMembers } = await gateway.execute(InviteMembersDocument, {
      input: { ...where, accountIds },
    });
    expect(inviteMembers?.request).toMatchObject({ status: 'SUCCEEDED', counts: { processed: 2 } });
    expect(await gateway.sandbox.mails()).toHaveLength(2);
  },
);
