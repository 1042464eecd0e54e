import { setTimeout as sleep } from 'node:timers/promises';
import type { MembershipOperation } from '../../src/membership.js';
import { parseNodeId, requestNodeId } from '../../src/services/input/nodeId.js';
import { laneName, type AskedMutation } from './history.js';
import type { PlannedMutation } from './plan.js';

/** Time after which the client gives a gateway up for dead, in milliseconds. */
const TIMEOUT_MS = 15_000;

/** Pause before a mutation is sent again with its key, in milliseconds. */
const REPLAY_PAUSE_MS = 300;

/** A client of all replicas. It keeps its mutations and their answers. */
export interface Client {
  /** Sends the mutation: with a key, repeatedly until a replica answers; without one, once. */
  send(mutation: PlannedMutation): Promise<void>;
  /** Cancels the request of the mutation with this note, if its id is known. Sends once. */
  cancel(note: string): Promise<void>;
  /** The mutations sent, with their answers. */
  asked(): AskedMutation[];
  readonly figures: ClientFigures;
}

/** Counts of attempts and answers. */
export interface ClientFigures {
  /** Attempts without an answer, or with the error UNAVAILABLE. */
  broken: number;
  /** Answers to a repeated send of a key that named a request. */
  replaysAnswered: number;
  retriesMade: number;
  canceled: number;
  /** Errors other than UNAVAILABLE, and refusals outside EXPECTED_REFUSALS. */
  readonly unforeseen: string[];
}

/** The result of one attempt. */
type Attempt =
  | { readonly kind: 'ANSWERED'; readonly requestId: string }
  | { readonly kind: 'PREVIEWED'; readonly confirm: string }
  | { readonly kind: 'REFUSED'; readonly codes: readonly string[] }
  | { readonly kind: 'BROKEN' };

/** Refusals that are no fault: the plan is made before the state of the requests is known. */
const EXPECTED_REFUSALS = new Set(['NOT_RETRYABLE', 'NOT_CANCELABLE', 'PREVIEW_INCOMPLETE']);

/** Previews of a removal before the client gives up. Members that cannot be read cannot be removed. */
const MAX_PREVIEWS = 5;

interface Answer {
  readonly data?: Record<
    string,
    {
      readonly request?: { readonly id: string } | null;
      readonly plan?: { readonly confirm: string | null } | null;
      readonly userErrors: readonly { readonly code: string }[];
    }
  > | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

/** @param urls returns the base URLs of the running replicas; called before each attempt. */
export function createClient(urls: () => readonly string[]): Client {
  const asked = new Map<string, Omit<AskedMutation, 'answeredWith'> & { answeredWith: string[] }>();
  const figures: ClientFigures = {
    broken: 0,
    replaysAnswered: 0,
    retriesMade: 0,
    canceled: 0,
    unforeseen: [],
  };
  let turn = 0;

  const attempt = async (
    field: string,
    input: object,
    timeoutMs: number,
    answer = 'request { id }',
  ): Promise<Attempt> => {
    const running = urls();
    const url = running[(turn += 1) % running.length];
    if (url === undefined) {
      return { kind: 'BROKEN' };
    }
    const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
    const query = `mutation ($input: ${type}!) { ${field}(input: $input) { ${answer} userErrors { code } } }`;
    try {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables: { input } }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      return read(field, (await response.json()) as Answer);
    } catch {
      return { kind: 'BROKEN' };
    }
  };

  const read = (field: string, { data, errors = [] }: Answer): Attempt => {
    const codes = errors.map(({ message, extensions }) => extensions?.code ?? message);
    const foreign = errors.filter((_, index) => codes[index] !== 'UNAVAILABLE');
    figures.unforeseen.push(...foreign.map(({ message }) => `${field}: ${message}`));
    const payload = data?.[field];
    const key = payload?.request == null ? null : parseNodeId(payload.request.id);
    if (key?.kind === 'request') {
      return { kind: 'ANSWERED', requestId: key.id };
    }
    if (payload === undefined || codes.length > 0) {
      return { kind: 'BROKEN' };
    }
    if (payload.plan?.confirm != null) {
      return { kind: 'PREVIEWED', confirm: payload.plan.confirm };
    }
    const refusals = payload.userErrors.map(({ code }) => code);
    figures.unforeseen.push(
      ...refusals.filter((code) => !EXPECTED_REFUSALS.has(code)).map((code) => `${field}: ${code}`),
    );
    return { kind: 'REFUSED', codes: refusals };
  };

  /** The confirmation of a removal; null if no preview was complete. */
  const preview = async (
    field: string,
    { note: _, ...input }: Record<string, unknown>,
  ): Promise<string | null> => {
    for (let attempts = 0; attempts < MAX_PREVIEWS; attempts += 1) {
      const result = await attempt(field, { ...input, dryRun: true }, TIMEOUT_MS, 'plan { confirm }');
      if (result.kind === 'PREVIEWED') {
        return result.confirm;
      }
      await sleep(REPLAY_PAUSE_MS);
    }
    return null;
  };

  /** Sends the input until a replica answers it; once if the mutation has no key. */
  const sendUntilAnswered = async (
    mutation: PlannedMutation,
    field: string,
    input: object,
    answeredWith: string[],
  ): Promise<void> => {
    for (let attempts = 1; ; attempts += 1) {
      const timeoutMs = attempts === 1 ? (mutation.hangUpAfter ?? TIMEOUT_MS) : TIMEOUT_MS;
      const result = await attempt(field, input, timeoutMs);
      if (result.kind === 'ANSWERED') {
        answeredWith.push(result.requestId);
        figures.replaysAnswered += attempts > 1 ? 1 : 0;
        figures.retriesMade += mutation.kind === 'RETRY' ? 1 : 0;
      }
      if (result.kind !== 'BROKEN') {
        return;
      }
      figures.broken += 1;
      if (mutation.idempotencyKey === null) {
        return;
      }
      await sleep(REPLAY_PAUSE_MS);
    }
  };

  return {
    figures,
    asked: () => [...asked.values()],
    async send(mutation) {
      const source = mutation.kind === 'RETRY' ? asked.get(mutation.of) : undefined;
      const sourceId = source?.answeredWith[0];
      if (mutation.kind === 'RETRY' && sourceId === undefined) {
        return;
      }
      const [field, plain] = toInput(mutation, sourceId ?? '');
      const confirm = isRemoval(mutation) ? await preview(field, plain) : undefined;
      if (confirm === null) {
        return;
      }
      const own = { ...toAsked(mutation, source?.operation), answeredWith: [] as string[] };
      asked.set(mutation.note, own);
      await sendUntilAnswered(mutation, field, { ...plain, confirm }, own.answeredWith);
    },
    async cancel(note) {
      const [requestId] = asked.get(note)?.answeredWith ?? [];
      if (requestId === undefined) {
        return;
      }
      const result = await attempt('cancelRequest', { requestId: requestNodeId(requestId) }, TIMEOUT_MS);
      if (result.kind === 'ANSWERED') {
        figures.canceled += 1;
      }
    },
  };
}

function toAsked(
  mutation: PlannedMutation,
  retried: AskedMutation['operation'] | undefined,
): Omit<AskedMutation, 'answeredWith'> {
  const { note, idempotencyKey } = mutation;
  if (mutation.kind === 'RETRY') {
    return { note, idempotencyKey, operation: retried ?? 'CREATE_MEMBERS', accountIds: null, lanes: null };
  }
  const { operation, accountIds, services, regions } = mutation;
  const lanes = services.flatMap((service) => regions.map((region) => laneName(service, region)));
  return { note, idempotencyKey, operation, accountIds, lanes };
}

function isRemoval(mutation: PlannedMutation): boolean {
  return mutation.kind === 'REQUEST' && mutation.operation in REMOVALS;
}

const REMOVALS: Readonly<Partial<Record<MembershipOperation, string>>> = {
  DISASSOCIATE_MEMBERS: 'disassociateMembers',
  DELETE_MEMBERS: 'deleteMembers',
};

function toInput(
  mutation: PlannedMutation,
  sourceId: string,
): [field: string, input: Record<string, unknown>] {
  const { note, idempotencyKey, waitSeconds } = mutation;
  const options = { note, idempotencyKey, waitSeconds };
  if (mutation.kind === 'RETRY') {
    return [
      'retryRequest',
      { ...options, requestId: requestNodeId(sourceId), onlyRetryable: mutation.onlyRetryable },
    ];
  }
  const { operation, accountIds, services, regions } = mutation;
  const rest = { ...options, services, regions };
  const removal = REMOVALS[operation];
  if (removal !== undefined) {
    return [removal, { ...rest, accountIds }];
  }
  return operation === 'INVITE_MEMBERS'
    ? ['inviteMembers', { ...rest, accountIds }]
    : [
        'createMembers',
        {
          ...rest,
          accounts: accountIds.map((accountId) => ({ accountId, email: `a${accountId}@example.com` })),
        },
      ];
}
