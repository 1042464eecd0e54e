import { repeat } from './attempts.js';
import type { ExecutableDocument, TypedDocument } from './document.js';
import { lists, mutations, queries } from './generated/documents.js';
import type { GatewayError } from './gatewayError.js';
import { entriesOf, type EntryOf } from './lists.js';
import type { CallOptions, ClientOptions, MutationOptions } from './options.js';
import { createTransport } from './transport.js';
import { watch, type RequestState } from './watch.js';

/** A method for each operation, `watch`, and `execute` for other documents. */
export type Client = Mutations & Queries & Lists & Others;

type Mutations = {
  readonly [Name in keyof typeof mutations]: (typeof mutations)[Name] extends TypedDocument<
    infer Result,
    infer Variables
  >
    ? (input: InputOf<Variables>, options?: MutationOptions) => Promise<NonNullable<ValueOf<Result>>>
    : never;
};

type Queries = {
  readonly [Name in keyof typeof queries]: (typeof queries)[Name] extends TypedDocument<
    infer Result,
    infer Variables
  >
    ? (...parameters: Parameters<Variables, CallOptions>) => Promise<ValueOf<Result>>
    : never;
};

type Lists = {
  readonly [Name in keyof typeof lists]: (typeof lists)[Name] extends TypedDocument<
    infer Result,
    infer Variables
  >
    ? (...parameters: Parameters<Variables, CallOptions>) => AsyncGenerator<EntryOf<Result>, void, undefined>
    : never;
};

interface Others {
  /**
   * Yields the state of a request, then each change, and ends after the final one.
   *
   * @throws GatewayError; the reason of the signal when it aborts.
   */
  watch(requestId: string, options?: CallOptions): AsyncGenerator<RequestState, void, undefined>;
  /**
   * Runs a document and returns `data`. A document with one mutation twice needs a key in each input.
   *
   * @throws GatewayError; the reason of the signal when it aborts.
   */
  execute<Result = unknown, Variables = Record<string, unknown>>(
    document: ExecutableDocument<Result, Variables>,
    ...parameters: Parameters<Variables, MutationOptions>
  ): Promise<Result>;
}

type InputOf<Variables> = Variables extends { input: infer Input } ? Input : never;
/** The value of the only field of a result. */
type ValueOf<Result> = Result[keyof Result];
/** Variables may be left out if all are optional. */
type Parameters<Variables, Options> =
  Partial<Variables> extends Variables | Record<string, undefined>
    ? [variables?: Variables, options?: Options]
    : [variables: Variables, options?: Options];

/** Its answer has a secret, which no second answer would have. */
const NOT_REPEATABLE = /\bcreateToken\b/;

export function createClient(options: ClientOptions): Client {
  const transport = createTransport(options);

  const run = async (
    document: string,
    variables: unknown,
    { signal, idempotencyKey }: MutationOptions,
  ): Promise<unknown> => {
    const mutates = /\bmutation\b/.test(document);
    const operation = {
      query: document,
      variables,
      idempotencyKey: mutates ? (idempotencyKey ?? randomKey()) : undefined,
    };
    const mayRepeat = (error: GatewayError) =>
      !mutates || !NOT_REPEATABLE.test(document) || error.code === 'RATE_LIMITED';
    return repeat(() => transport.execute(operation, signal), mayRepeat, options, signal);
  };
  const read = async (id: string, signal: AbortSignal | undefined) =>
    valueOf(await run(queries.request, { id }, { signal })) as RequestState | null;

  const methods = {
    ...mapped(
      mutations,
      (document) => async (input: { idempotencyKey?: string | null }, given?: MutationOptions) => {
        const idempotencyKey = input.idempotencyKey ?? given?.idempotencyKey;
        return valueOf(await run(document, { input }, { signal: given?.signal, idempotencyKey }));
      },
    ),
    ...mapped(
      queries,
      (document) =>
        async (variables?: unknown, given: CallOptions = {}) =>
          valueOf(await run(document, variables, given)),
    ),
    ...mapped(
      lists,
      (document) =>
        (variables: object = {}, given: CallOptions = {}) =>
          entriesOf((page) => run(document, { ...variables, ...page }, given), variables),
    ),
    watch: (requestId: string, { signal }: CallOptions = {}) =>
      watch({ transport, options, read }, requestId, signal),
    execute: (document: { toString(): string }, variables?: unknown, given: MutationOptions = {}) =>
      run(document.toString(), variables, given),
  };
  return methods as unknown as Client;
}

function mapped<Method>(
  documents: Readonly<Record<string, string>>,
  toMethod: (document: string) => Method,
): Record<string, Method> {
  return Object.fromEntries(Object.entries(documents).map(([name, document]) => [name, toMethod(document)]));
}

function valueOf(data: unknown): unknown {
  return Object.values(data as object)[0];
}

/** crypto.randomUUID does not exist on a page that came by HTTP. */
function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
