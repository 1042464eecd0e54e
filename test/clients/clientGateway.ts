import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { DOCUMENTS } from './documents.js';
import { graphqlRequest } from './graphqlRequest.js';
import { compileRelay, type RelayArtifacts } from './relayArtifacts.js';

/** A port without an issuer: the gateway cannot check a token of it. */
const NO_ISSUER = 'http://127.0.0.1:1';
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const ISSUED_TOKEN = [{ alg: 'RS256', kid: '1' }, { iss: NO_ISSUER }, {}].map(base64).join('.');

/** A gateway that executes the documents of the clients only, with a caller for each class of errors. */
export interface ClientGateway extends AsyncDisposable {
  /** The address of /graphql. */
  readonly url: string;
  readonly artifacts: RelayArtifacts;
  readonly tokens: Readonly<Record<'viewer' | 'spent' | 'none' | 'issued', string>>;
  operatorToken(): Promise<string>;
}

export async function startClientGateway(corsOrigin: string): Promise<ClientGateway> {
  // Inside the repository, whose packages Relay's artifacts may import.
  const directory = mkdtempSync(path.resolve('.cache', 'clients-'));
  const artifacts = await compileRelay(directory);
  const file = path.join(directory, 'documents.json');
  writeFileSync(
    file,
    JSON.stringify({
      ...DOCUMENTS,
      ...artifacts.persisted,
      ...readTrustedDocuments(),
      ...Object.fromEntries(shownDocuments().entries()),
    }),
  );
  const gateway = await startGateway({
    environment: {
      AUTH_MODE: 'token,oidc',
      OIDC_ISSUER: NO_ISSUER,
      OIDC_AUDIENCE: 'gateway',
      CORS_ORIGINS: corsOrigin,
      TRUSTED_DOCUMENTS: 'enforce',
      TRUSTED_DOCUMENTS_FILE: file,
      MAX_ACCOUNTS_PER_REQUEST: '100',
      MAX_COMPLEXITY: '10000',
      CALLER_BUDGET: '20000',
      CALLER_BUDGET_SECONDS: '3600',
    },
  });
  const url = `${gateway.url}/graphql`;
  return {
    url,
    artifacts,
    tokens: {
      viewer: await gateway.token('viewer', 'VIEWER'),
      spent: await spentToken(gateway, url),
      none: '',
      issued: ISSUED_TOKEN,
    },
    operatorToken: () => gateway.token('operator', 'OPERATOR'),
    async [Symbol.asyncDispose]() {
      await gateway.stop();
      rmSync(directory, { recursive: true });
    },
  };
}

/** The documents of operations/. */
function readTrustedDocuments(): Record<string, string> {
  return JSON.parse(readFileSync('client/trusted-documents.json', 'utf8')) as Record<string, string>;
}

/** The documents that the commands of the page send. */
function shownDocuments(): string[] {
  const page = readFileSync('docs/clients.md', 'utf8');
  return [...page.matchAll(/"query": "([^"]+)"/g)].map(([, document = '']) => document);
}

/** The token of a caller that has no points left. */
async function spentToken(gateway: TestGateway, url: string): Promise<string> {
  const token = await gateway.token('spender', 'VIEWER');
  const spender = graphqlRequest(url, token);
  await Promise.all([1, 2, 3].map(() => spender.run('outcomes', { first: 100, each: 80 })));
  return token;
}
