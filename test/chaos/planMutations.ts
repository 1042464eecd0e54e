import { REGIONS } from './administratorsFile.js';
import type { PlannedCancel, PlannedMutation } from './plan.js';
import type { Random } from './random.js';

/** How far the window of accounts moves with each mutation: neighbours share most of theirs. */
const WINDOW_STEP = 6;
const WINDOW = 150;

/** Endings of the sandbox's magic ids that a service might really answer with, alone or for a whole call. */
const MAGIC = ['03', '04', '16', '20', '21', '22', '33', '34', '35', '36', '37', '39'] as const;

const SERVICES = ['GUARDDUTY', 'SECURITY_HUB'] as const;

/** Members from the beginning, some of which take a removal only the second or third time, or never. */
export const LEAVING: readonly string[] = [
  ...Array.from({ length: 180 }, (_, index) => `3${String(index).padStart(11, '0')}`),
  ...['20', '21', '22', '33', '37', '39'].map((ending) => `3456789000${ending}`),
];

/**
 * Mutations, one after the other until `endsAt`: what is created is mostly invited later, others are removed, and some
 * of it is retried.
 */
export function planMutations(
  random: Random,
  endsAt: number,
): { mutations: PlannedMutation[]; cancels: PlannedCancel[] } {
  const mutations: PlannedMutation[] = [];
  const cancels: PlannedCancel[] = [];
  for (let at = 0; at < endsAt; at += random.between(20, 900)) {
    const note = `mutation ${mutations.length}`;
    const earlier = mutations[random.between(0, Math.max(0, mutations.length - 1))]?.note;
    const hasKey = random.chance(70);
    const shared = {
      at,
      note,
      idempotencyKey: hasKey ? `key of ${note}` : null,
      waitSeconds: random.chance(30) ? random.between(1, 5) : 0,
      hangUpAfter: random.chance(20) ? random.between(1, 300) : null,
    };
    if (earlier !== undefined && random.chance(15)) {
      mutations.push({ ...shared, kind: 'RETRY', of: earlier, onlyRetryable: random.chance(50) });
      continue;
    }
    if (random.chance(20)) {
      mutations.push({
        ...shared,
        kind: 'REQUEST',
        operation: random.chance(50) ? 'DISASSOCIATE_MEMBERS' : 'DELETE_MEMBERS',
        accountIds: drawLeaving(random),
        services: random.some(SERVICES),
        regions: random.some(REGIONS),
      });
      continue;
    }
    const isInvitation = mutations.length > 5 && random.chance(50);
    mutations.push({
      ...shared,
      kind: 'REQUEST',
      operation: isInvitation ? 'INVITE_MEMBERS' : 'CREATE_MEMBERS',
      // Invitations look back at what was created some time before.
      accountIds: drawAccounts(random, mutations.length - (isInvitation ? 5 : 0)),
      services: random.some(SERVICES),
      regions: random.some(REGIONS),
    });
    if (random.chance(12)) {
      cancels.push({ at: at + random.between(0, 3_000), of: note });
    }
  }
  return { mutations, cancels };
}

/** Some of those that are members from the beginning, and that nobody creates or invites: removals meet there. */
function drawLeaving(random: Random): string[] {
  const first = random.between(0, LEAVING.length - 1);
  return LEAVING.slice(first, first + (random.chance(40) ? random.between(1, 5) : random.between(1, 90)));
}

function drawAccounts(random: Random, position: number): string[] {
  const first = position * WINDOW_STEP + random.between(0, WINDOW);
  const size = random.chance(40) ? random.between(1, 5) : random.between(1, 130);
  const ids = Array.from({ length: size }, (_, index) => `2${String(first + index).padStart(11, '0')}`);
  const magic = random.chance(15) ? [`${String(200_000 + first).slice(-6)}9000${random.pick(MAGIC)}`] : [];
  return [...ids, ...magic];
}
