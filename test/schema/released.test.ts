import { readFileSync } from 'node:fs';
import { buildSchema, findBreakingChanges, type BreakingChange } from 'graphql';
import { expect, it } from 'vitest';

const released = readFileSync('schema.released.graphql', 'utf8');

/** What breaks clients of the released schema. */
const breaks = (current: string): BreakingChange[] =>
  findBreakingChanges(buildSchema(released), buildSchema(current));

it('the schema does not break the clients of the last release: docs/versions.md', () => {
  expect(breaks(readFileSync('schema.graphql', 'utf8'))).toEqual([]);
});

it('a field that is missing, and an argument that is required, are found', () => {
  expect(breaks(released.replace(/^  doubts\(/m, '  questions('))).toMatchObject([{ type: 'FIELD_REMOVED' }]);
  const required = released.replace(/^  node\(/m, '  node(kind: String!, ');
  expect(required).not.toBe(released);
  expect(breaks(required)).toMatchObject([{ type: 'REQUIRED_ARG_ADDED' }]);
});
