import { describe, expect, it } from 'vitest';
import type { TargetAddress } from '../../../src/membership.js';
import { countMembers } from '../../../src/services/members/countMembers.js';
import { liveMember } from '../../../src/services/members/liveMember.js';

const TARGET: TargetAddress = { administrator: 'security', service: 'GUARDDUTY', region: 'eu-west-1' };

/** Pages of one member each, and a note of each read; a status of null fails. */
const readsOf = (...statuses: (string | null)[]) => {
  const tokens: (string | null)[] = [];
  const reads = {
    async page(_target: TargetAddress, { nextToken }: { nextToken: string | null }) {
      tokens.push(nextToken);
      const place = Number(nextToken ?? 0);
      const serviceStatus = statuses[place] ?? null;
      if (serviceStatus === null) {
        throw new Error('cannot be read');
      }
      const known = { accountId: '1', email: null, invitedAt: null, updatedAt: null };
      const observedAt = new Date();
      return {
        members: [liveMember(TARGET, { ...known, serviceStatus }, observedAt)],
        nextToken: place + 1 < statuses.length ? String(place + 1) : null,
        observedAt,
      };
    },
  };
  return { reads, tokens };
};
const isInvited = (status: string): boolean => status === 'INVITED';

describe('a count of members', () => {
  it('counts the members of all pages that have one of the statuses', async () => {
    const { reads } = readsOf('Invited', 'Enabled', 'Invited');
    expect(await countMembers(reads, TARGET, isInvited, () => false)).toBe(2);
  });

  it('ends with the page that makes it enough', async () => {
    const { reads, tokens } = readsOf('Invited', 'Invited', 'Invited');
    expect(await countMembers(reads, TARGET, isInvited, (members) => members >= 2)).toBe(2);
    expect(tokens).toEqual([null, '1']);
  });

  it('is null when a page cannot be read', async () => {
    expect(await countMembers(readsOf('Invited', null).reads, TARGET, isInvited, () => false)).toBeNull();
  });
});
