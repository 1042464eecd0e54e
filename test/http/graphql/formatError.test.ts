import { readFileSync } from 'node:fs';
import { GraphQLError } from 'graphql';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/errors.js';
import { CALLER_CODES, createFormatError } from '../../../src/http/graphql/formatError.js';

function format(error: GraphQLError, code?: string) {
  const lines: string[] = [];
  const log = pino({}, { write: (line) => void lines.push(line) });
  const { message, path } = error;
  const formatted = { message, ...(path ? { path } : {}), extensions: { ...error.extensions, code } };
  return { shown: createFormatError(log)(formatted, error), lines };
}

describe('an error', () => {
  it('nobody foresaw is one sentence with an incident id, under which the log has it in full', () => {
    const secret = 'relation "request" of postgresql://user:password@host does not exist';
    const error = new GraphQLError(secret, { path: ['requests'], originalError: new Error(secret) });
    const { shown, lines } = format(error, 'INTERNAL_SERVER_ERROR');
    const incident = shown.extensions?.['incident'] as string;
    expect(shown).toEqual({
      message: `Something went wrong that should not have. The gateway's log has it as incident ${incident}.`,
      path: ['requests'],
      extensions: { code: 'INTERNAL_ERROR', incident },
    });
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      incident,
      err: { message: secret },
      path: ['requests'],
    });
  });

  it('of ours keeps its words and its details, and nothing of its cause', () => {
    const cause = new Error('arn:aws:iam::111122223333:role/Secret');
    const ours = new GatewayError('LIMIT_EXCEEDED', 'too much', {
      cause,
      details: { maximum: 1, actual: 2 },
    });
    const { shown, lines } = format(new GraphQLError('too much', { path: ['a'], originalError: ours }), 'X');
    expect(shown).toEqual({
      message: 'too much',
      path: ['a'],
      extensions: { code: 'LIMIT_EXCEEDED', maximum: 1, actual: 2 },
    });
    expect(lines).toEqual([]);
  });

  it('about the configuration is nothing that callers may see', () => {
    const ours = new GatewayError('BAD_CONFIGURATION', 'DATABASE_URL: expected something else');
    const { shown } = format(
      new GraphQLError('x', { path: ['a'], originalError: ours }),
      'INTERNAL_SERVER_ERROR',
    );
    expect(shown.extensions?.['code']).toBe('INTERNAL_ERROR');
    expect(JSON.stringify(shown)).not.toContain('DATABASE_URL');
  });

  it('with a code that is not on the list is a BAD_REQUEST', () => {
    expect(format(new GraphQLError('no'), 'SOMETHING_NEW').shown.extensions).toEqual({ code: 'BAD_REQUEST' });
  });
});

describe('the list of codes', () => {
  it('is the one that docs/errors.md explains', () => {
    const documented = [...readFileSync('docs/errors.md', 'utf8').matchAll(/^\| `([A-Z_]+)`/gm)].map(
      ([, code]) => code,
    );
    expect(documented.toSorted()).toEqual([...CALLER_CODES].sort());
  });
});
