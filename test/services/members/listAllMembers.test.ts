import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/errors.js';
import type { TargetAddress } from '../../../src/membership.js';
import type { MemberListing } from '../../../src/ports/memberListing.js';
import {
  createBackgroundListing,
  createCachedListing,
  createQueryListing,
} from '../../../src/services/members/listAllMembers.js';
import { liveMember } from '../../../src/services/members/liveMember.js';
import type { MemberPage } from '../../../src/services/members/memberReads.js';

const TARGET: TargetAddress = { administrator: 'security', service: 'GUARDDUTY', region: 'eu-west-1' };
const AT = new Date('2026-01-01T00:00:00Z');
const member = (accountId: string, serviceStatus = 'Enabled') => ({
  accountId,
  serviceStatus,
  email: null,
  invitedAt: null,
  updatedAt: null,
});
const page = (accountIds: string[], nextToken: string | null, observedAt = AT): MemberPage => ({
  members: accountIds.map((accountId) => liveMember(TARGET, member(accountId), observedAt)),
  nextToken,
  observedAt,
});
const UNAVAILABLE = new GatewayError('UNAVAILABLE', 'the gateway is stopping; try again in a moment');

describe('a listing in the background', () => {
  const listFrom = (pages: Record<string, MemberPage>, stopping = new AbortController().signal) =>
    createBackgroundListing(
      { page: async (_target, { nextToken }) => pages[nextToken ?? ''] ?? expect.unreachable() },
      stopping,
    );

  it('has every account once, and is as old as its first page', async () => {
    const later = new Date('2026-01-01T00:01:00Z');
    const list = listFrom({ '': page(['1', '2'], 'a'), a: page(['2', '3'], 'b', later), b: page([], null) });
    expect(await list(TARGET, 0)).toEqual({
      observedAt: AT,
      members: ['1', '2', '3'].map((id) => member(id)),
    });
  });

  it('fails when it has more pages than any list can have', async () => {
    let pages = 0;
    const endless = { page: async () => page(['1'], String(++pages)) };
    const list = createBackgroundListing(endless, new AbortController().signal);
    await expect(list(TARGET, 0)).rejects.toMatchObject({
      code: 'UPSTREAM_FAILED',
      details: { reasonCode: 'OTHER', reason: 'the list of members did not end within 2000 pages of 50' },
    });
  });

  it('reads no page once the gateway stops', async () => {
    await expect(listFrom({ '': page(['1'], null) }, AbortSignal.abort())(TARGET, 0)).rejects.toEqual(
      UNAVAILABLE,
    );
  });
});

describe('a listing inside a query', () => {
  const throttled = new GatewayError('THROTTLED', 'no room');
  const listFrom = (pages: Record<string, MemberPage | Error>) =>
    createQueryListing({
      async page(_target, { nextToken }) {
        const next = pages[nextToken ?? ''] ?? expect.unreachable();
        if (next instanceof Error) {
          throw next;
        }
        return next;
      },
    });

  it('has the members of all pages', async () => {
    const list = listFrom({ '': page(['1', '2'], 'a'), a: page(['3'], null) });
    expect((await list(TARGET, 0)).members.map(({ accountId }) => accountId)).toEqual(['1', '2', '3']);
  });

  it('says how many members fit the rate when there is no turn for a later page', async () => {
    await expect(listFrom({ '': page(['1', '2'], 'a'), a: throttled })(TARGET, 0)).rejects.toMatchObject({
      code: 'THROTTLED',
      details: {
        reasonCode: 'THROTTLED',
        reason:
          'at its rate, only the first 2 members can be listed within 25 seconds; refresh the inventory, then query with maxAgeSeconds',
      },
    });
  });

  it('fails with the error of its first page, and with any other error', async () => {
    await expect(listFrom({ '': throttled })(TARGET, 0)).rejects.toBe(throttled);
    const broken = new GatewayError('UPSTREAM_FAILED', 'broken');
    await expect(listFrom({ '': page(['1'], 'a'), a: broken })(TARGET, 0)).rejects.toBe(broken);
  });
});

describe('a cached listing', () => {
  it('comes from the inventory if that is young enough, otherwise from the service', async () => {
    const inventory: MemberListing = { observedAt: AT, members: [member('1')] };
    const now: MemberListing = { observedAt: new Date(), members: [] };
    const list = createCachedListing(
      { listing: async (_target, age) => (age >= 1_000 ? inventory : null) },
      async () => now,
    );
    expect(await list(TARGET, 1_000)).toBe(inventory);
    expect(await list(TARGET, 999)).toBe(now);
    expect(await list(TARGET, 0)).toBe(now);
  });
});
