import { expect, it } from 'vitest';
import { readFile } from 'node:fs/promises';
import { MAGIC_OUTCOMES, type UnprocessedOutcome } from '../../sandbox/faults/magicTable.js';
import { INVENTED_TEXTS, RESULT_TEXTS } from '../../sandbox/members/texts.js';
import { classifyUnprocessed } from '../../src/services/answers/reasonPatterns.js';

const refused = MAGIC_OUTCOMES.filter((row): row is UnprocessedOutcome => 'text' in row);

it.each(refused.map(({ digits, reason, text }) => [digits, reason, text] as const))(
  'the sandbox and the gateway agree that the digits %s means %s (%s)',
  (_digits, reason, text) => {
    expect(classifyUnprocessed(RESULT_TEXTS.guardduty[text])).toBe(reason);
    expect(classifyUnprocessed(RESULT_TEXTS.securityhub[text])).toBe(reason);
  },
);

it('only the sandbox text for OTHER is classified as OTHER', () => {
  const others = (['guardduty', 'securityhub'] as const).flatMap((service) =>
    Object.entries(RESULT_TEXTS[service])
      .filter(([, text]) => classifyUnprocessed(text as string) === 'OTHER')
      .map(([name]) => name),
  );
  expect(others).toEqual(['other', 'other']);
});

it('UPSTREAMS.md marks the invented texts of the sandbox as guesses', async () => {
  const page = await readFile(new URL('../../UPSTREAMS.md', import.meta.url), 'utf8');
  const guesses = [...page.matchAll(/^\| .+ \| `([A-Z_]+)` +\| (?:yes|no) +\| guess +\|$/gm)].map(
    ([, code]) => code,
  );
  const invented = INVENTED_TEXTS.map((name) => classifyUnprocessed(RESULT_TEXTS.guardduty[name]));
  expect(guesses.toSorted()).toEqual([...new Set(invented)].filter((code) => code !== 'OTHER').toSorted());
});
