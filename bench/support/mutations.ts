import { Agent, request } from 'node:http';

/** An account of a request. */
export interface BenchAccount {
  readonly accountId: string;
  readonly email: string;
}

/** The rest of createMembers's input. */
export interface MutationOptions {
  readonly services?: readonly string[];
  readonly regions?: readonly string[];
  readonly waitSeconds?: number;
}

/** A request as the mutation answers with it. */
export interface AnsweredRequest {
  readonly id: string;
  readonly status: string;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly counts: { readonly total: number; readonly processed: number };
}

/** A client of one gateway. */
export interface GatewayClient {
  /** Sends one createMembers and resolves with its answer and the time from the first byte sent to the last received. */
  createMembers(
    accounts: readonly BenchAccount[],
    options?: MutationOptions,
  ): Promise<{ request: AnsweredRequest; ms: number }>;
  /** The same with inviteMembers, which names accounts only. */
  inviteMembers(
    accounts: readonly BenchAccount[],
    options?: MutationOptions,
  ): Promise<{ request: AnsweredRequest; ms: number }>;
  /** Waits until the newest request has finished. */
  settled(): Promise<void>;
  /** Connections that carry a request right now. */
  connections(): number;
  close(): void;
}

const FIELDS = 'id status createdAt startedAt finishedAt counts { total processed }';
const CREATE = `mutation ($input: CreateMembersInput!) {
  done: createMembers(input: $input) { request { ${FIELDS} } userErrors { code message } }
}`;
const INVITE = `mutation ($input: InviteMembersInput!) {
  done: inviteMembers(input: $input) { request { ${FIELDS} } userErrors { code message } }
}`;
const NEWEST = '{ requests(first: 1) { edges { node { finishedAt } } } }';

interface Newest {
  readonly data: {
    readonly requests: { readonly edges: readonly { node: Pick<AnsweredRequest, 'finishedAt'> }[] };
  };
}

const POLL_MS = 100;

/** Connections are kept and as many as there are requests at once, as with any HTTP client of today. */
export function createGatewayClient(url: string): GatewayClient {
  const agent = new Agent({ keepAlive: true });

  const post = async (body: string): Promise<string> => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request(`${url}/graphql`, { agent, method: 'POST', headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve(Buffer.concat(chunks).toString());
      });
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
    return promise;
  };

  const mutate = async (query: string, input: object): Promise<{ request: AnsweredRequest; ms: number }> => {
    const body = JSON.stringify({ query, variables: { input } });
    const startedAt = performance.now();
    const text = await post(body);
    const ms = performance.now() - startedAt;
    const answer = JSON.parse(text) as { data?: { done?: { request?: AnsweredRequest | null } } };
    const answered = answer.data?.done?.request;
    if (answered == null) {
      throw new Error(text);
    }
    return { request: answered, ms };
  };

  return {
    createMembers: (accounts, options = {}) => mutate(CREATE, { accounts, ...options }),
    inviteMembers: (accounts, options = {}) =>
      mutate(INVITE, { accountIds: accounts.map(({ accountId }) => accountId), ...options }),
    async settled() {
      for (;;) {
        const { data } = JSON.parse(await post(JSON.stringify({ query: NEWEST }))) as Newest;
        const newest = data.requests.edges[0]?.node;
        if (newest?.finishedAt !== null) {
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    },
    connections: () => Object.values(agent.sockets).reduce((sum, sockets) => sum + (sockets?.length ?? 0), 0),
    close() {
      agent.destroy();
    },
  };
}

/** Last six digits from which on the sandbox has ids with a meaning of their own. */
const MAGIC_FROM = 900_000;

/** Account ids that were not asked for yet, in order. */
export function createAccountSource(): (count: number) => BenchAccount[] {
  let next = 100_000_000_000;
  const take = (): BenchAccount => {
    if (next % 1_000_000 >= MAGIC_FROM) {
      next += 1_000_000 - (next % 1_000_000);
    }
    const accountId = String(next++);
    return { accountId, email: `security+${accountId}@example.com` };
  };
  return (count) => Array.from({ length: count }, take);
}
