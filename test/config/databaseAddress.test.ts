import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/loadConfig.js';
import { CA, CA_FILE } from '../support/interception.js';

const PLACE = 'postgresql://gateway:secret@db.example.com/record';
const NOT_PEM = path.resolve('package.json');

function faultsOf(environment: Record<string, string>): string {
  try {
    loadConfig(environment);
  } catch (error) {
    return (error as Error).message;
  }
  return expect.fail('the configuration was accepted');
}

describe('DATABASE_URL', () => {
  it('says where PostgreSQL is, in every form that libpq takes for one host', () => {
    const addressOf = (url: string) => loadConfig({ DATABASE_URL: url }).database?.record;
    expect(addressOf('postgres://gate%40way:a%2Fb@db.example.com:6432/record?schema=gateway')).toEqual({
      variable: 'DATABASE_URL',
      host: 'db.example.com',
      port: 6432,
      user: 'gate@way',
      password: 'a/b',
      database: 'record',
      isTlsDirect: false,
      schema: 'gateway',
    });
    expect(addressOf('postgresql://[::1]:5433/record')).toMatchObject({ host: '::1', port: 5433 });
    expect(addressOf('postgresql:///record?host=/run/postgresql&port=5433')).toMatchObject({
      host: '/run/postgresql',
      port: 5433,
    });
    expect(addressOf('postgresql://%2Frun%2Fpostgresql/record')).toMatchObject({ host: '/run/postgresql' });
  });

  it('names several hosts, in both forms of libpq, and each connection chooses the one that takes writes', () => {
    const addressOf = (url: string) => loadConfig({ DATABASE_URL: url }).database?.record;
    const two = [
      { host: 'a.example.com', port: 5433 },
      { host: '::1', port: 5432 },
    ];
    expect(addressOf('postgresql://u:p@a.example.com:5433,[::1]/record')).toMatchObject({ writerAmong: two });
    expect(
      addressOf('postgresql:///record?host=a.example.com,::1&port=5433,5432&target_session_attrs=any'),
    ).toMatchObject({ writerAmong: two });
    expect(addressOf(`${PLACE}?target_session_attrs=read-write`)).toMatchObject({
      writerAmong: [{ host: 'db.example.com', port: 5432 }],
    });
    expect(addressOf(`${PLACE}?target_session_attrs=any`)).not.toHaveProperty('writerAmong');
  });

  it('is used for everything, unless DIRECT_DATABASE_URL has another address for sessions', () => {
    const one = loadConfig({ DATABASE_URL: PLACE }).database;
    expect(one?.direct).toBe(one?.record);
    const two = loadConfig({ DATABASE_URL: PLACE, DIRECT_DATABASE_URL: `${PLACE}?host=direct.example.com` });
    expect(two.database).toMatchObject({
      record: { host: 'db.example.com' },
      direct: { variable: 'DIRECT_DATABASE_URL', host: 'direct.example.com' },
    });
  });

  it.each([
    [{ DATABASE_URL: 'postgresql:/secret' }, 'DATABASE_URL: expected postgresql://user:password@host'],
    [{ DATABASE_URL: 'postgresql://u:secret@host:x/db' }, 'DATABASE_URL: expected postgresql://'],
    [{ DATABASE_URL: 'postgresql://u:%zzsecret@host/db' }, 'DATABASE_URL: expected postgresql://'],
    [{ DATABASE_URL: `${PLACE}?pgbouncer=true` }, 'the parameter pgbouncer is not taken; remove it'],
    [{ DATABASE_URL: 'postgresql://u:secret@a:1,b:x/db' }, 'DATABASE_URL: expected postgresql://'],
    [
      { DATABASE_URL: `${PLACE}?target_session_attrs=standby` },
      'DATABASE_URL: target_session_attrs: expected any, read-write, primary: the gateway writes',
    ],
    [{ DATABASE_URL: `${PLACE}?host=a,b,c&port=1,2` }, 'port: expected one number, or one for each of the 3'],
    [{ DATABASE_URL: `${PLACE}?port=x` }, 'port: expected a number'],
    [{ DATABASE_URL: `${PLACE}?shcema=x` }, 'target_session_attrs; did you mean schema?'],
    [{ DATABASE_URL: `${PLACE}?schema=My-Schema` }, 'DATABASE_URL: schema: expected a name of'],
    [{ DIRECT_DATABASE_URL: PLACE }, 'DIRECT_DATABASE_URL: expected together with DATABASE_URL'],
    [
      { DATABASE_URL: `${PLACE}?schema=gateway`, DIRECT_DATABASE_URL: PLACE },
      'DIRECT_DATABASE_URL: expected the same `schema`',
    ],
  ])('is refused in one line without its values: %o', (environment, line) => {
    const words = faultsOf(environment);
    expect(words).toContain(line);
    expect(words.trim().split('\n')).toHaveLength(1);
    expect(words).not.toContain('secret');
  });
});

describe('TLS to PostgreSQL', () => {
  const tlsOf = (parameters: string) =>
    loadConfig({ DATABASE_URL: `${PLACE}?${parameters}` }).database?.record.tls;

  it('is as sslmode says, and require checks the certificate too', () => {
    expect(tlsOf('schema=gateway')).toBeUndefined();
    expect(tlsOf('sslmode=disable')).toBe(false);
    expect(tlsOf('sslmode=no-verify')).toEqual({ rejectUnauthorized: false });
    expect(tlsOf('sslmode=require')).toEqual({ rejectUnauthorized: true });
    expect(tlsOf('sslmode=verify-full&sslrootcert=system')).toEqual({ rejectUnauthorized: true });
    expect(tlsOf(`sslmode=verify-full&sslrootcert=${CA_FILE}`)).toEqual({ rejectUnauthorized: true, ca: CA });
    expect(tlsOf(`sslmode=verify-ca&sslrootcert=${CA_FILE}`)).toMatchObject({
      ca: CA,
      checkServerIdentity: expect.any(Function) as unknown,
    });
  });

  it.each([
    ['sslmode=prefer', 'DATABASE_URL: sslmode: expected disable, no-verify, require, verify-ca, verify-full'],
    ['sslmode=verify-full&sslrootcert=/no/such.pem', 'sslrootcert: cannot read /no/such.pem (ENOENT); mount'],
    ['sslmode=verify-full&sslkey=/no/such.key', 'sslkey: cannot read /no/such.key (ENOENT); mount'],
    [`sslmode=verify-full&sslrootcert=${NOT_PEM}`, `as PEM; got another content in ${NOT_PEM}`],
    [`sslrootcert=${CA_FILE}`, 'sslrootcert: expected together with sslmode=verify-full'],
  ])('is refused in one line with the path: %s', (parameters, line) => {
    const words = faultsOf({ DATABASE_URL: `${PLACE}?${parameters}` });
    expect(words).toContain(line);
    expect(words.trim().split('\n')).toHaveLength(1);
  });
});
