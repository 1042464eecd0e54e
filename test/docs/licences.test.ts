import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { licencePage, licencesOf } from '../../scripts/listLicences.js';

const lockFile = readFileSync('package-lock.json', 'utf8');

/** Licences that ask for nothing but their text to be kept. */
const PERMISSIVE =
  /^\(?((MIT|MIT-0|ISC|0BSD|Apache-2\.0|BSD-[23]-Clause|BlueOak-1\.0\.0|Unlicense|CC0-1\.0|PostgreSQL|Python-2\.0)( (OR|AND) )?)+\)?$/;

it('docs/licences.md lists what a production install has: after a change, npx tsx scripts/listLicences.ts', () => {
  expect(readFileSync('docs/licences.md', 'utf8')).toBe(licencePage(lockFile));
});

it('every licence is permissive', () => {
  const licences = [...licencesOf(lockFile)];
  expect(licences.flatMap(([, names]) => names).length).toBeGreaterThan(50);
  expect(licences.filter(([licence]) => !PERMISSIVE.test(licence))).toEqual([]);
});
