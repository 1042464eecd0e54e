import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/errors.js';
import { createLog } from '../../../src/log.js';
import type { TargetAddress } from '../../../src/membership.js';
import type { InventoryObservations } from '../../../src/ports/inventory.js';
import type { MemberListing } from '../../../src/ports/memberListing.js';
import { createObserveTarget } from '../../../src/services/inventory/observeTarget.js';

const TARGET: TargetAddress = { administrator: 'security', service: 'GUARDDUTY', region: 'eu-west-1' };
const AT = new Date('2026-01-01T00:00:00Z');
const UNAVAILABLE = new GatewayError('UNAVAILABLE', 'the gateway is stopping; try again in a moment');
const member = {
  accountId: '1',
  serviceStatus: 'ASSOCIATED',
  email: null,
  invitedAt: null,
  updatedAt: null,
};

describe('an observation of a target', () => {
  const observe = async (
    listing: () => Promise<MemberListing>,
    finish: InventoryObservations['finish'],
    lastMembers: number | null = null,
  ) => {
    const failures: unknown[] = [];
    const wanted = [{ id: 'one', target: TARGET, startedAt: AT, lastMembers }];
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
    members: [member],
  });

  it('gives every member its status', async () => {
    const seen: unknown[] = [];
    expect(await observe(listing, async (_observation, members) => void seen.push(...members))).toEqual([]);
    expect(seen).toEqual([{ ...member, status: 'ENABLED' }]);
  });

  it.each([
    ['as empty as before', [0, 1], 0, [0]],
    ['half as long', [1, 2], 2, [1]],
    ['less than half as long', [1, 3], 3, [1, 3]],
    ['empty', [0, 0], 5, [0, 0]],
    ['empty, and nothing was known', [0, 1], null, [0]],
  ] as const)('believes a list that is %s, or reads it again', async (_what, sizes, lastMembers, read) => {
    const listed: number[] = [];
    const list = async (): Promise<MemberListing> => {
      const size = sizes[listed.length] ?? expect.unreachable();
      listed.push(size);
      const members = Array.from({ length: size }, (_, index) => ({ ...member, accountId: String(index) }));
      return { observedAt: AT, members };
    };
    const stored: number[] = [];
    await observe(list, async (_observation, members) => void stored.push(members.length), lastMembers);
    expect({ listed, stored }).toEqual({ listed: read, stored: read.slice(-1) });
  });

  it('fails, and is not repeated, when its members cannot be written', async () => {
    const reason = 'the members were listed, and could not be written to the inventory';
    expect(await observe(listing, () => Promise.reject(new Error('no')))).toEqual([
      { reasonCode: 'OTHER', reason },
    ]);
  });

  it('stays open when the gateway stops or its database cannot be reached', async () => {
    await expect(observe(() => Promise.reject(UNAVAILABLE), listing as never)).rejects.toBe(UNAVAILABLE);
    await expect(observe(listing, () => Promise.reject(UNAVAILABLE))).rejects.toBe(UNAVAILABLE);
  });
});
