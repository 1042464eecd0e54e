/*
 * Writes docs/licences.md: every package that a production install has, by its licence, from package-lock.json. Usage:
 * npx tsx scripts/listLicences.ts. test/docs/licences.test.ts fails when the file is not what this would write.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

interface LockedPackage {
  license?: string;
  dev?: boolean;
  devOptional?: boolean;
  link?: boolean;
}

/** Development dependencies that the build puts into the program. */
const BUILT_IN = [
  '@prisma/client',
  '@prisma/client-runtime-utils',
  'commander',
  'csv-parse',
  'csv-stringify',
  'oauth4webapi',
];

const ROOT = path.dirname(import.meta.dirname);

/** The packages of a production install by licence; a package that names none is under `none`. */
export function licencesOf(lockFile: string): Map<string, string[]> {
  const { packages } = JSON.parse(lockFile) as { packages: Record<string, LockedPackage> };
  const byLicence = new Map<string, Set<string>>();
  for (const [place, { license = 'none', dev, devOptional, link }] of Object.entries(packages)) {
    // Other places are this repository's own.
    const name = place.includes('node_modules/') ? (place.split('node_modules/').at(-1) ?? '') : '';
    if (name === '' || link === true || ((dev ?? devOptional ?? false) && !BUILT_IN.includes(name))) {
      continue;
    }
    byLicence.set(license, (byLicence.get(license) ?? new Set()).add(name));
  }
  return new Map([...byLicence].sort().map(([licence, names]) => [licence, [...names].sort()]));
}

/** The page. */
export function licencePage(lockFile: string): string {
  const rows = [...licencesOf(lockFile)].map(([licence, names]) => `- **${licence}**: ${names.join(', ')}`);
  const head =
    '# Licences\n\nWhat a production install brings along, by licence. Written by `scripts/listLicences.ts`.';
  return `${head}\n\n${rows.join('\n')}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lockFile = readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8');
  writeFileSync(path.join(ROOT, 'docs/licences.md'), licencePage(lockFile));
}
