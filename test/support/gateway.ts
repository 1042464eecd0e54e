import path from 'node:path';
import { expect } from 'vitest';
import { INTERVALS, type Intervals } from '../../src/app/intervals.js';
import { startGateway as startApp, type Gateway } from '../../src/app/startGateway.js';
import { createClosers } from '../../src/closers.js';
import { loadConfig } from '../../src/config/loadConfig.js';
import { createLog } from '../../src/log.js';
import { LOCAL_CALLER, type Role } from '../../src/membership.js';
import { createTokenService } from '../../src/services/access/tokens.js';
import { createTokenStore } from '../../src/store/access/tokenStore.js';
import type { SandboxOptions } from '../../sandbox/sandbox.js';
import type { ProcessTracing } from '../../src/tracing/tracing.js';
import type { TypedDocument } from '../../client/src/document.js';
import { startAnswerProxy, type AnswerProxy } from './answerProxy.js';
import { createTestDatabase } from './database.js';
import { FAST_RATES } from './speed.js';
import { startSandbox, type TestSandbox } from './sandboxControl.js';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** What a test may want to be different. */
export interface TestGatewayOptions {
  /** Environment variables on top of the test's own. */
  environment?: Record<string, string>;
  /** In place of some of INTERVALS. */
  intervals?: Partial<Intervals>;
  sandbox?: SandboxOptions;
  tracing?: ProcessTracing;
  /** In place of standard error. */
  log?: { write(line: string): void };
  /** Puts a proxy between the gateway and the sandbox: `proxy` of the test gateway. */
  proxied?: true;
}

/** A whole gateway in this process: real PostgreSQL, real HTTP, the real SDK against a sandbox over a socket. */
export interface TestGateway {
  /** Base URL. */
  url: string;
  databaseUrl: string;
  database: Gateway['database'];
  sandbox: TestSandbox;
  /** Answers calls in place of the sandbox. */
  proxy: Pick<AnswerProxy, 'replace'>;
  /** Runs an operation; rejects when the answer has errors. */
  execute<Result, Variables>(
    document: TypedDocument<Result, Variables>,
    ...[variables]: Variables extends Record<string, never> ? [] : [Variables]
  ): Promise<Result>;
  /** Posts anything to /graphql. */
  post(body: unknown, headers?: Record<string, string>): Promise<GraphQLPost>;
  /** Makes an API token as the command line does, and returns its secret. */
  token(name: string, role: Role, administrators?: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

export interface GraphQLPost {
  status: number;
  headers: Headers;
  body: GraphQLAnswer;
}

export interface GraphQLAnswer {
  data?: Record<string, unknown> | null;
  errors?: {
    message: string;
    path?: (string | number)[];
    extensions: { code: string } & Record<string, unknown>;
  }[];
  extensions?: Record<string, unknown>;
}

/** Starts one; call `stop` in `afterAll`. */
export async function startGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const sandbox = await startSandbox(options.sandbox);
  const proxy = options.proxied === true ? await startAnswerProxy(sandbox.url) : null;
  const database = await createTestDatabase();
  const config = loadConfig({
    PORT: '0',
    DATABASE_URL: database.url,
    UPSTREAM: 'sandbox',
    AWS_ENDPOINT_URL: (proxy ?? sandbox).url,
    LOG_LEVEL: 'error',
    INVITATION_LANDS_WITHIN_SECONDS: '0.2',
    ...FAST_RATES,
    ...options.environment,
  });
  const tracing = options.tracing ?? null;
  const log = createLog(config.logLevel, options.log, tracing?.logFields);
  const closers = createClosers(log);
  const fatal = (reason: string): never => {
    throw new Error(reason);
  };
  const intervals = { ...INTERVALS, ...options.intervals };
  const gateway = await startApp(config, installation(), { log, closers, fatal, tracing }, intervals);
  const post = (body: unknown, headers?: Record<string, string>) => postGraphQL(gateway.url, body, headers);
  const tokens = createTokenService(createTokenStore(gateway.database.prisma), gateway.administrators);
  return {
    url: gateway.url,
    databaseUrl: database.url,
    database: gateway.database,
    sandbox,
    proxy: proxy ?? { replace: () => expect.unreachable('this gateway has no proxy') },
    post,
    async token(name, role, administrators) {
      const input = { name, role, administrators: administrators ?? null };
      const { secret, userErrors } = await tokens.create(LOCAL_CALLER, input);
      if (secret === null) {
        throw new Error(JSON.stringify(userErrors));
      }
      return secret;
    },
    execute: (document, ...[variables]) => execute(gateway.url, document, variables),
    async stop() {
      await closers.closeAll();
      await proxy?.[Symbol.asyncDispose]();
      await sandbox.stop();
      await database.drop();
    },
  };
}

/** Runs an operation against a gateway anywhere; rejects when the answer has errors. */
export async function execute<Result, Variables>(
  url: string,
  document: TypedDocument<Result, Variables>,
  variables?: Variables,
): Promise<Result> {
  const { body } = await postGraphQL(url, { query: document, variables });
  if (body.errors !== undefined) {
    throw new Error(JSON.stringify(body.errors));
  }
  return body.data as Result;
}

/** Posts anything to /graphql of a gateway anywhere. */
async function postGraphQL(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<GraphQLPost> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const answer = (await response.json()) as GraphQLAnswer;
  return { status: response.status, headers: response.headers, body: answer };
}

function installation() {
  return {
    version: '0.0.0-test',
    migrationsDir: path.join(ROOT, 'prisma/migrations'),
    explorerDir: path.join(ROOT, 'dist/explorer'),
    sandboxProgram: path.join(ROOT, 'dist/sandbox/main.js'),
  };
}

/** So many ordinary accounts with e-mail addresses: none of them is one of the sandbox's magic ones. */
export function accounts(count: number, first = 0): { accountId: string; email: string }[] {
  return Array.from({ length: count }, (_, index) => ({
    accountId: `2${String(first + index).padStart(11, '0')}`,
    email: `account-${first + index}@example.com`,
  }));
}
