import type { z } from 'zod';

/** The fault of a variable as a line: its name, and what was expected. The value is not repeated: it may be a secret. */
export function describeIssue(name: string, issue: z.core.$ZodIssue): string {
  return `${[name, ...issue.path].join('.')}: ${expectation(issue)}`;
}

function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') {
    return `expected ${TYPES[issue.expected] ?? issue.expected}`;
  }
  if (issue.code === 'invalid_value') {
    return `expected ${issue.values.map(String).join(' or ')}`;
  }
  if (issue.code === 'too_big') {
    return `expected at most ${issue.maximum}`;
  }
  if (issue.code === 'too_small') {
    return `expected ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`;
  }
  return issue.message;
}

const TYPES: Readonly<Record<string, string>> = { int: 'a whole number', number: 'a number' };
