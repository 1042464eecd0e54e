import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/errors.js';
import { createLog } from '../../../src/log.js';
import type { TargetAddress } from '../../../src/membership.js';
import type { InventoryObservations } from '../../../src/ports/inventory.js';
import type { MemberListing } from '../../../src/ports/memberListing.js';
import { createKeptListing } from '../../../src/services/members/keptListing.js';
import { createLiveListing } from '../../../src/services/members/listAllMembers.js';
import { liveMember } from '../../../src/services/members/liveMember.js';
import type { MemberPage } from '../../../src/services/members/memberReads.js';
import { createObserveTarget } from '../../../src/services/inventory/observeTarget.js';

const TARGET: TargetAddress = { administrator: 'security', service: 'GUARDDUTY', region: 'eu-west-1' };
const AT = new Date('2026-01-01T00:00:00Z');
const member = (accountId: string, serviceStatus = 'Enabled') => ({
  ...{ accountId, serviceStatus, email: null, invitedAt: null, updatedAt: null },
});
const page = (accountIds: string[], nextToken: string | null, observedAt = AT): MemberPage => ({
  members: accountIds.map((accountId) => liveMember(TARGET, member(accountId), observedAt)),
  ...{ nextToken, observedAt },
});
const unavailable = new GatewayError('UNAVAILABLE', 'the gateway is stopping; try again in a moment');

describe('a list of all members that is read now', () => {
  const listFrom = (pages: Record<string, MemberPage>, stopping = new AbortController().signal) =>
    createLiveListing(
      { page: async (_target, { nextToken }) => pages[nextToken ?? ''] ?? expect.unreachable() },
      stopping,
    );

  it('has every account once, and the age of its first page', async () => {
    const later = new Date('2026-01-01T00:01:00Z');
    const list = listFrom({ '': page(['1', '2'], 'a'), a: page(['2', '3'], 'b', later), b: page([], null) });
    expect(await list(TARGET, 0)).toEqual({
      observedAt: AT,
      members: ['1', '2', '3'].map((id) => member(id)),
    });
  });

  it('is given up when it does not end', async () => {
    await expect(listFrom({ '': page(['1'], 'a'), a: page(['2'], 'a') })(TARGET, 0)).rejects.toMatchObject({
      code: 'UPSTREAM_FAILED',
      details: { reasonCode: 'OTHER', reason: 'the list of members did not end within 2000 pages of 50' },
    });
  });

  it('is not begun, or gone on with, when the gateway stops', async () => {
    await expect(listFrom({ '': page(['1'], null) }, AbortSignal.abort())(TARGET, 0)).rejects.toEqual(
      unavailable,
    );
  });
});

describe('a list of all members that may have some age', () => {
  it('is the inventory where that is young enough, and else read now', async () => {
    const kept: MemberListing = { observedAt: AT, members: [member('1')] };
    const now: MemberListing = { observedAt: new Date(), members: [] };
    const list = createKeptListing(
      { listing: async (_target, age) => (age >= 1_000 ? kept : null) },
      async () => now,
    );
    expect(await list(TARGET, 1_000)).toBe(kept);
    expect(await list(TARGET, 999)).toBe(now);
    expect(await list(TARGET, 0)).toBe(now);
  });
});

describe('an observation', () => {
  const observe = async (listing: () => Promise<MemberListing>, finish: InventoryObservations['finish']) => {
    const failures: unknown[] = [];
    const wanted = [{ id: 'one', target: TARGET, startedAt: AT }];
    const work = createObserveTarget({
      observations: {
        begin: async () => wanted.shift() ?? null,
        finish,
        fail: async (_observation, failure) => void failures.push(failure),
      },
      listAllMembers: listing,
      log: createLog('silent'),
    });
    await work(TARGET);
    return failures;
  };
  const listing = async (): Promise<MemberListing> => ({
    observedAt: AT,
    members: [member('1', 'ASSOCIATED')],
  });

  it('gives every member its status', async () => {
    const seen: unknown[] = [];
    expect(await observe(listing, async (_observation, members) => void seen.push(...members))).toEqual([]);
    expect(seen).toEqual([{ ...member('1', 'ASSOCIATED'), status: 'ENABLED' }]);
  });

  it('that cannot be written has failed, and is not made again at once', async () => {
    const reason = 'the members were listed, and could not be written to the inventory';
    expect(await observe(listing, () => Promise.reject(new Error('no')))).toEqual([
      { reasonCode: 'OTHER', reason },
    ]);
  });

  it('that the gateway itself cuts short is left to whoever takes the job next', async () => {
    await expect(observe(() => Promise.reject(unavailable), listing as never)).rejects.toBe(unavailable);
    await expect(observe(listing, () => Promise.reject(unavailable))).rejects.toBe(unavailable);
  });
});
