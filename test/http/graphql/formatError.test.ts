import { readFileSync } from 'node:fs';
import { GraphQLError } from 'graphql';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/errors.js';
import { createFormatError } from '../../../src/http/graphql/formatError.js';
import { CALLER_CODES, createToCallerError } from '../../../src/http/request/callerErrors.js';

function format(error: unknown, code?: string) {
  const lines: string[] = [];
  const log = pino({}, { write: (line) => void lines.push(line) });
  return { shown: createFormatError(createToCallerError(log))(error, code), lines };
}

describe('an error in an answer', () => {
  it('shows an incident id when it is unexpected, and the log has it in full under that id', () => {
    const secret = 'relation "request" of postgresql://user:password@host does not exist';
    const error = new GraphQLError(secret, { path: ['requests'], originalError: new Error(secret) });
    const { shown, lines } = format(error);
    const incident = shown.extensions?.['incident'] as string;
    expect(shown).toEqual({
      message: `internal error: the log of the gateway has the details under incident ${incident}`,
      path: ['requests'],
      extensions: { code: 'INTERNAL_ERROR', incident },
    });
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      incident,
      err: { message: secret },
      path: ['requests'],
    });
  });

  it('shows an incident id when no GraphQLError wraps it', () => {
    const { shown } = format(new Error('secret'));
    expect(shown.extensions?.['code']).toBe('INTERNAL_ERROR');
    expect(JSON.stringify(shown)).not.toContain('secret');
  });

  it('keeps the message and the details of a GatewayError, and shows nothing of its cause', () => {
    const cause = new Error('arn:aws:iam::111122223333:role/Secret');
    const gatewayError = new GatewayError('LIMIT_EXCEEDED', 'too much', {
      cause,
      details: { maximum: 1, actual: 2 },
    });
    const error = new GraphQLError('too much', { path: ['a'], originalError: gatewayError });
    const { shown, lines } = format(error, 'X');
    expect(shown).toEqual({
      message: 'too much',
      path: ['a'],
      extensions: { code: 'LIMIT_EXCEEDED', maximum: 1, actual: 2 },
    });
    expect(lines).toEqual([]);
  });

  it('shows nothing about the configuration', () => {
    const gatewayError = new GatewayError('BAD_CONFIGURATION', 'DATABASE_URL: expected something else');
    const { shown } = format(new GraphQLError('x', { path: ['a'], originalError: gatewayError }));
    expect(shown.extensions?.['code']).toBe('INTERNAL_ERROR');
    expect(JSON.stringify(shown)).not.toContain('DATABASE_URL');
  });

  it('has the code BAD_REQUEST when its own code is not on the list', () => {
    expect(format(new GraphQLError('no'), 'SOMETHING_NEW').shown.extensions).toEqual({ code: 'BAD_REQUEST' });
  });
});

describe('the list of codes', () => {
  it('equals the list in docs/errors.md', () => {
    const documented = [...readFileSync('docs/errors.md', 'utf8').matchAll(/^\| `([A-Z_]+)`/gm)].map(
      ([, code]) => code,
    );
    expect(documented.toSorted()).toEqual([...CALLER_CODES].sort());
  });
});
