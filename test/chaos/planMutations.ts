import { REGIONS } from './administratorsFile.js';
import type { PlannedCancel, PlannedMutation, PlannedRequest } from './plan.js';
import type { Random } from './random.js';

/** Accounts by which the window moves with each mutation. Neighbouring mutations share most of their window. */
const WINDOW_STEP = 6;
const WINDOW = 150;

/** Last two digits of the sandbox's magic ids that cause an answer of the real services, for one account or a whole call. */
const MAGIC = ['03', '04', '16', '20', '21', '22', '33', '34', '35', '36', '37', '39'] as const;

const SERVICES = ['GUARDDUTY', 'SECURITY_HUB'] as const;

/** Members from the beginning. Some can be removed only at the second or third attempt, or never. */
export const LEAVING: readonly string[] = [
  ...Array.from({ length: 180 }, (_, index) => `3${String(index).padStart(11, '0')}`),
  ...['20', '21', '22', '33', '37', '39'].map((ending) => `3456789000${ending}`),
];

/**
 * Mutations until `endsAt`, in order of time: creations, invitations of most created accounts, removals of other accounts,
 * and retries.
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
      mutations.push({ ...shared, ...drawRemoval(random) });
      continue;
    }
    mutations.push({ ...shared, ...drawCreationOrInvitation(random, mutations.length) });
    if (random.chance(12)) {
      cancels.push({ at: at + random.between(0, 3_000), of: note });
    }
  }
  return { mutations, cancels };
}

function drawRemoval(random: Random): PlannedRequest {
  return {
    kind: 'REQUEST',
    operation: random.chance(50) ? 'DISASSOCIATE_MEMBERS' : 'DELETE_MEMBERS',
    accountIds: drawLeaving(random),
    services: random.some(SERVICES),
    regions: random.some(REGIONS),
  };
}

function drawCreationOrInvitation(random: Random, position: number): PlannedRequest {
  const isInvitation = position > 5 && random.chance(50);
  return {
    kind: 'REQUEST',
    operation: isInvitation ? 'INVITE_MEMBERS' : 'CREATE_MEMBERS',
    // An invitation names accounts that an earlier mutation created.
    accountIds: drawAccounts(random, position - (isInvitation ? 5 : 0)),
    services: random.some(SERVICES),
    regions: random.some(REGIONS),
  };
}

/** Neighbours among the members of the beginning. No mutation creates or invites them, so that removals share accounts. */
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
