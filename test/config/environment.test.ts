import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { completeEnvironment, SECRETS } from '../../src/config/environment.js';
import { KNOWN_VARIABLES } from '../../src/config/loadConfig.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'gateway-environment-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, content: string | Buffer): Promise<string> {
  const place = path.join(folder, name);
  await writeFile(place, content);
  return place;
}

/** The variables that these and the file make, and the faults. */
async function complete(own: Record<string, string>, content: string | Buffer = '') {
  const faults: string[] = [];
  return { variables: completeEnvironment(own, await file('.env', content), faults), faults };
}

describe('the environment file', () => {
  it('adds what the environment does not have; an empty variable is one that it has', async () => {
    const { variables, faults } = await complete(
      { HOST: '::1', PORT: '' },
      '\uFEFFLOG_LEVEL="warn" # quiet\r\nHOST=127.0.0.1\r\nPORT=80\r\nexport DATA_DIR=\'/data\'\r\n',
    );
    expect(variables).toEqual({ HOST: '::1', PORT: '', LOG_LEVEL: 'warn', DATA_DIR: '/data' });
    expect(faults).toEqual([]);
  });

  it('gives no secret that the environment has in another form', async () => {
    const secret = await file('url', 'postgresql://a/b\n');
    const { variables, faults } = await complete(
      { DATABASE_URL_FILE: secret },
      'DATABASE_URL=postgresql://other/db\n',
    );
    expect(faults).toEqual([]);
    expect(variables['DATABASE_URL']).toBe('postgresql://a/b');
  });

  it('may be missing, or a directory of another tool', () => {
    const faults: string[] = [];
    expect(completeEnvironment({}, path.join(folder, 'nowhere'), faults)).toEqual({});
    expect(completeEnvironment({}, folder, faults)).toEqual({});
    expect(faults).toEqual([]);
  });

  it('in UTF-16 is a fault', async () => {
    const { faults } = await complete({}, Buffer.from('\uFEFFPORT=80\r\n', 'utf16le'));
    expect(faults).toEqual([expect.stringMatching(/^\.env: expected a text in UTF-8/)]);
  });
});

describe('a secret from a file', () => {
  it('ends before the line break at its end', async () => {
    for (const end of ['', '\n', '\r\n', '\n\n']) {
      const own = { AWS_SECRET_ACCESS_KEY_FILE: await file('key', `a b\nc ${end}`) };
      const { variables } = await complete(own);
      expect(variables['AWS_SECRET_ACCESS_KEY']).toBe('a b\nc ');
    }
  });

  it('is a fault when it is there twice, cannot be read, or is empty', async () => {
    const own = {
      DATABASE_URL: 'postgresql://a/b',
      DATABASE_URL_FILE: '/nowhere',
      HTTPS_PROXY_FILE: folder,
      AWS_SESSION_TOKEN_FILE: await file('empty', '\n'),
    };
    expect((await complete(own)).faults).toEqual([
      'DATABASE_URL_FILE: expected without DATABASE_URL; remove one of the two',
      'HTTPS_PROXY_FILE: cannot be read: EISDIR: illegal operation on a directory, read',
      'AWS_SESSION_TOKEN_FILE: expected a file with the secret; got an empty one',
    ]);
  });

  it('is possible for every variable that has one', () => {
    const PUBLIC = /^(AWS_ENDPOINT_URL.*|MAX_TOKENS|PUBLIC_URL)$/;
    const secrets = KNOWN_VARIABLES.filter((name) =>
      /(_URL|_PROXY|KEY|TOKEN|SECRET|PASSWORD|PEPPER)/i.test(name),
    )
      .filter((name) => !name.endsWith('_FILE') && !PUBLIC.test(name))
      .filter((name) => name.toUpperCase() !== 'NO_PROXY');
    expect(secrets.filter((name) => !SECRETS.includes(name))).toEqual([]);
  });
});
