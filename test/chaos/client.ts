import { setTimeout as sleep } from 'node:timers/promises';
import type { MembershipOperation } from '../../src/membership.js';
import { parseNodeId, requestNodeId } from '../../src/services/input/nodeId.js';
import { laneName, type AskedMutation } from './history.js';
import type { PlannedMutation } from './plan.js';

/** How long the client waits for an answer, in milliseconds, before it takes the gateway for dead. */
const PATIENCE_MS = 15_000;

/** Pause before a mutation is sent again under its key. */
const REPLAY_PAUSE_MS = 300;

/** A client of all replicas, which keeps account of what it asked and what it was told. */
export interface Client {
  /** Sends it, again and again under its key until it is answered, else once. */
  send(mutation: PlannedMutation): Promise<void>;
  /** Cancels what the mutation of that note made, if that is known; asks once. */
  cancel(note: string): Promise<void>;
  /** What was asked, with what it was answered. */
  asked(): AskedMutation[];
  readonly figures: ClientFigures;
}

/** How it went. */
export interface ClientFigures {
  /** Attempts that broke, or were answered with UNAVAILABLE. */
  broken: number;
  /** Answers that named a request under a key that had been sent before. */
  replaysAnswered: number;
  retriesMade: number;
  canceled: number;
  /** Errors in answers, other than UNAVAILABLE, and refusals that the plan does not account for. */
  readonly unforeseen: string[];
}

/** What became of one attempt. */
type Attempt =
  | { readonly kind: 'ANSWERED'; readonly requestId: string }
  | { readonly kind: 'PREVIEWED'; readonly confirm: string }
  | { readonly kind: 'REFUSED'; readonly codes: readonly string[] }
  | { readonly kind: 'BROKEN' };

/** Refusals that a plan made without knowing how things go must expect. */
const EXPECTED_REFUSALS = new Set(['NOT_RETRYABLE', 'NOT_CANCELABLE', 'PREVIEW_INCOMPLETE']);

/** How often a removal is previewed before it is given up: what cannot be read is not removed. */
const PREVIEWS = 5;

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

/** @param urls Base URLs of the replicas that run, asked before each attempt. */
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
    patienceMs: number,
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
        signal: AbortSignal.timeout(patienceMs),
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

  /** The token for a removal; null when its targets could not be read, or nobody answered. */
  const preview = async (
    field: string,
    { note: _, ...input }: Record<string, unknown>,
  ): Promise<string | null> => {
    for (let attempts = 0; attempts < PREVIEWS; attempts += 1) {
      const result = await attempt(field, { ...input, dryRun: true }, PATIENCE_MS, 'plan { confirm }');
      if (result.kind === 'PREVIEWED') {
        return result.confirm;
      }
      await sleep(REPLAY_PAUSE_MS);
    }
    return null;
  };

  return {
    figures,
    asked: () => [...asked.values()],
    async send(mutation) {
      const { note, idempotencyKey } = mutation;
      const source = mutation.kind === 'RETRY' ? asked.get(mutation.of) : undefined;
      const [sourceId] = source?.answeredWith ?? [];
      if (mutation.kind === 'RETRY' && (source === undefined || sourceId === undefined)) {
        return;
      }
      const [field, plain] = toInput(mutation, sourceId ?? '');
      const confirm = isRemoval(mutation) ? await preview(field, plain) : undefined;
      if (confirm === null) {
        return;
      }
      const input = { ...plain, confirm };
      const own = { ...toAsked(mutation, source?.operation), answeredWith: [] as string[] };
      asked.set(note, own);
      for (let attempts = 1; ; attempts += 1) {
        const patience = attempts === 1 ? (mutation.hangUpAfter ?? PATIENCE_MS) : PATIENCE_MS;
        const result = await attempt(field, input, patience);
        if (result.kind === 'ANSWERED') {
          own.answeredWith.push(result.requestId);
          if (attempts > 1) {
            figures.replaysAnswered += 1;
          }
          if (mutation.kind === 'RETRY') {
            figures.retriesMade += 1;
          }
        }
        if (result.kind === 'BROKEN') {
          figures.broken += 1;
        }
        if (result.kind !== 'BROKEN' || idempotencyKey === null) {
          return;
        }
        await sleep(REPLAY_PAUSE_MS);
      }
    },
    async cancel(note) {
      const [requestId] = asked.get(note)?.answeredWith ?? [];
      if (requestId === undefined) {
        return;
      }
      const result = await attempt('cancelRequest', { requestId: requestNodeId(requestId) }, PATIENCE_MS);
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
