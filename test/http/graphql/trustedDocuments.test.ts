import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../../support/gateway.js';

const FILE = 'test/generated/persisted-documents.json';
const documents = JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, string>;
const [documentId, document] =
  Object.entries(documents).find(([, text]) => text.includes('query Administrators')) ??
  Object.entries(documents).find(([, text]) => text.startsWith('query'))!;

let enforcing: TestGateway;
let logging: TestGateway;
beforeAll(async () => {
  const start = (TRUSTED_DOCUMENTS: string) =>
    startGateway({ environment: { TRUSTED_DOCUMENTS, TRUSTED_DOCUMENTS_FILE: FILE } });
  [enforcing, logging] = await Promise.all([start('enforce'), start('log')]);
});
afterAll(() => Promise.all([enforcing.stop(), logging.stop()]));

describe('a trusted document', () => {
  it('is executed by its id, and by its text', async () => {
    for (const gateway of [enforcing, logging]) {
      for (const body of [{ documentId }, { query: document }]) {
        const answer = await gateway.post(body);
        expect([answer.status, answer.body.errors]).toEqual([200, undefined]);
      }
    }
  });

  it('must have an id of the file', async () => {
    const { status, body } = await enforcing.post({ documentId: 'sha256:0000' });
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([
      {
        message: 'documentId: expected the id of a trusted document, got sha256:0000',
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
  });
});

describe('any other document', () => {
  const query = '{ administrators { id } }';

  it('is refused with mode enforce, in any form of request', async () => {
    const answers = [
      enforcing.post({ query }),
      enforcing.post({ query, documentId: '' }),
      enforcing.post({ query, documentId: null }),
      fetch(`${enforcing.url}/graphql?query=${encodeURIComponent(query)}`, {
        headers: { 'x-request-id': 'a', 'apollo-require-preflight': '1' },
      }),
      fetch(`${enforcing.url}/graphql/stream`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
        body: JSON.stringify({ query: 'subscription { requestProgress(id: "x") { id } }' }),
      }),
    ];
    for (const answer of await Promise.all(answers)) {
      expect(answer.status).toBeOneOf([400, 403]);
    }
  });

  it('is executed with mode log', async () => {
    expect((await logging.post({ query })).status).toBe(200);
  });
});
