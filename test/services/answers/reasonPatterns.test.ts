import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { REASON_CODES, RETRYABLE_REASONS, type ReasonCode } from '../../../src/membership.js';
import { classifyUnprocessed, REASON_PATTERNS } from '../../../src/services/answers/reasonPatterns.js';
import { isRetryable } from '../../../src/services/answers/retryPolicy.js';

interface DocumentedReason {
  readonly phrases: readonly string[];
  readonly reasonCode: ReasonCode;
  readonly retryable: boolean;
}

/** The rows of UPSTREAMS.md's reason table: a row of phrases in backticks, a code, yes or no. */
async function documentedReasons(): Promise<DocumentedReason[]> {
  const text = await readFile(new URL('../../../UPSTREAMS.md', import.meta.url), 'utf8');
  const section = /^## Why an account comes back unprocessed$(.*?)^## /ms.exec(text)?.[1] ?? '';
  return [...section.matchAll(/^\| (.+?) +\| `([A-Z_]+)` +\| (yes|no) +\|/gm)].map(
    ([, phrases, code, retryable]) => ({
      phrases: [...phrases!.matchAll(/`([^`]+)`/g)].map(([, phrase]) => phrase!),
      reasonCode: REASON_CODES.find((known) => known === code)!,
      retryable: retryable === 'yes',
    }),
  );
}

it('has the rows of UPSTREAMS.md, in its order', async () => {
  const documented = await documentedReasons();
  expect(documented.at(-1)).toEqual({ phrases: [], reasonCode: 'OTHER', retryable: false });
  expect(REASON_PATTERNS).toEqual(
    documented.slice(0, -1).map(({ phrases, reasonCode }) => ({ phrases, reasonCode })),
  );
});

it('retries exactly what UPSTREAMS.md calls retryable', async () => {
  for (const { reasonCode, retryable } of await documentedReasons()) {
    expect(isRetryable(reasonCode), reasonCode).toBe(retryable);
  }
});

it.each(REASON_PATTERNS.flatMap(({ reasonCode, phrases }) => phrases.map((phrase) => [phrase, reasonCode])))(
  'reads "%s" as %s, in any case and inside any sentence',
  (phrase, reasonCode) => {
    expect(classifyUnprocessed(phrase)).toBe(reasonCode);
    expect(classifyUnprocessed(`The request is rejected because ${phrase.toUpperCase()}.`)).toBe(reasonCode);
    expect(classifyUnprocessed(`because ${phrase.replaceAll('master', 'administrator')} ID.`)).toBe(
      reasonCode,
    );
  },
);

const REJECTED = 'The request is rejected because';
it.each<[text: string, reasonCode: ReasonCode]>([
  [
    `${REJECTED} the given account ID is already a member or associated member of the current account.`,
    'ALREADY_MEMBER',
  ],
  [
    `${REJECTED} the current account has already invited or is already the GuardDuty administrator of the given member account ID.`,
    'ALREADY_INVITED',
  ],
  [
    `${REJECTED} the current account is already the Security Hub administrator of the given member account ID.`,
    'ALREADY_MEMBER',
  ],
  [
    `${REJECTED} the current account cannot create members since it is already an associated member of another administrator account.`,
    'OTHER_ADMINISTRATOR',
  ],
  [`${REJECTED} member account's e-mail address is missing.`, 'EMAIL_MISSING'],
  [
    `${REJECTED} the given account ID is not an associated member of account the current account.`,
    'NOT_ASSOCIATED',
  ],
  [
    'The request failed because your organization administrator must first enable SecurityHub to be added as a member',
    'ORGANIZATION_ADMINISTRATOR_NOT_ENABLED',
  ],
  ['Internal\n error', 'INTERNAL_ERROR'],
  ['', 'OTHER'],
  ['Quota of moon phases used up.', 'OTHER'],
])('reads the text "%s" as %s', (text, reasonCode) => {
  expect(classifyUnprocessed(text)).toBe(reasonCode);
});

it('has a text for every retryable reason of an account', () => {
  const told = REASON_PATTERNS.map(({ reasonCode }) => reasonCode);
  // The other two are said of whole calls.
  expect(RETRYABLE_REASONS.filter((code) => !told.includes(code))).toEqual(['THROTTLED', 'UNREACHABLE']);
});
