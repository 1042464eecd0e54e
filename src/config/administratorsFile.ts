import { readFileSync } from 'node:fs';
import { SECURITY_SERVICES, type Administrator, type SecurityService } from '../membership.js';
import { contradictionsBetween, contradictionsWithin } from './administratorContradictions.js';
import { KNOWN_REGIONS, partitionOf } from './awsRegions.js';
import { didYouMean } from './didYouMean.js';
import type { Located, Report, WrittenAdministrator } from './writtenAdministrator.js';
import { readYaml, type YamlValue } from './yamlFile.js';

const REQUIRED = ['id', 'accountId', 'services', 'regions'];
const KEYS = [...REQUIRED, 'roleArn', 'externalId', 'profile', 'detectorIds'];

/** The form of each text, and its words in a message. */
const FORMS = {
  id: { pattern: /^[\w.-]{1,64}$/, expected: '1 to 64 letters, digits, dots, hyphens or underscores' },
  accountId: { pattern: /^\d{12}$/, expected: '12 digits in quotes' },
  roleArn: {
    pattern: /^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/,
    expected: 'the ARN of a role, such as arn:aws:iam::111122223333:role/MembershipGateway',
  },
  externalId: { pattern: /^.{2,1224}$/, expected: '2 to 1224 characters' },
  profile: { pattern: /^\S(?:.*\S)?$/, expected: 'the name of a profile in the AWS configuration files' },
  detectorId: { pattern: /^.{1,300}$/, expected: 'a detector id of 1 to 300 characters' },
};

/** The administrators file. */
export interface AdministratorsFile {
  /** Null: there is no file, or it has faults. */
  readonly administrators: readonly Administrator[] | null;
  /** The line of each administrator's accountId, by id. */
  readonly administratorLines: ReadonlyMap<string, number>;
}

const NO_FILE: AdministratorsFile = { administrators: null, administratorLines: new Map() };

/** Reads the file. `faults` gets all faults, in the order of the lines. */
export function readAdministratorsFile(file: string | undefined, faults: string[]): AdministratorsFile {
  if (file === undefined) {
    return NO_FILE;
  }
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    faults.push(
      `ADMINISTRATORS_FILE: cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
    return NO_FILE;
  }
  const found: Located<string>[] = [];
  const report: Report = (line, fault) => found.push({ line, value: fault });
  const written = readList(readYaml(text, report), report);
  for (const administrator of written) {
    contradictionsWithin(administrator, report);
  }
  contradictionsBetween(written, report);
  found.sort((a, b) => a.line - b.line);
  faults.push(...found.map(({ line, value }) => `ADMINISTRATORS_FILE: line ${line}: ${value}`));
  if (found.length > 0) {
    return NO_FILE;
  }
  return {
    administrators: written.map(administratorOf),
    administratorLines: new Map(
      written.map(({ id, accountId, line }) => [id?.value ?? '', accountId?.line ?? line]),
    ),
  };
}

function readList(root: YamlValue | null, report: Report): WrittenAdministrator[] {
  if (root === null) {
    return [];
  }
  const fields = readMap('the file', root, ['administrators'], report);
  const list = fields.get('administrators');
  if (list === undefined) {
    report(root.line, 'expected the key administrators, with a list of administrators');
    return [];
  }
  return itemsOf('administrators', list, report).map((item) => readAdministrator(item, report));
}

function readAdministrator(item: YamlValue, report: Report): WrittenAdministrator {
  const fields = readMap('an administrator', item, KEYS, report);
  if (item.entries() !== null) {
    for (const key of REQUIRED.filter((required) => !fields.has(required))) {
      report(item.line, `${key}: expected in every administrator; got nothing`);
    }
  }
  const text = (key: 'id' | 'accountId' | 'roleArn' | 'externalId' | 'profile') => {
    const value = fields.get(key);
    return value === undefined ? null : readText(key, key, value, report);
  };
  return {
    line: item.line,
    id: text('id'),
    accountId: text('accountId'),
    roleArn: text('roleArn'),
    externalId: text('externalId'),
    profile: text('profile'),
    services: words(
      'services',
      fields.get('services'),
      { isValid: isService, known: SECURITY_SERVICES },
      report,
    ),
    regions: words('regions', fields.get('regions'), REGION, report),
    detectorIds: readDetectors(fields.get('detectorIds'), report),
  };
}

function readDetectors(value: YamlValue | undefined, report: Report): WrittenAdministrator['detectorIds'] {
  if (value === undefined) {
    return [];
  }
  const entries = value.entries();
  if (entries === null) {
    report(value.line, `detectorIds: expected a map of region and detector id; got ${value.shown}`);
    return [];
  }
  return entries.flatMap((entry) => {
    const region = word('detectorIds', entry.key, REGION, report);
    const id = readText('detectorId', 'detectorIds', entry.value, report);
    return region === null ? [] : [{ region, id: id?.value ?? null }];
  });
}

/** The values of a map by key, without unknown keys, which are faults. */
function readMap(
  what: string,
  value: YamlValue,
  known: readonly string[],
  report: Report,
): Map<string, YamlValue> {
  const entries = value.entries();
  if (entries === null) {
    report(value.line, `${what}: expected a map with ${known.join(', ')}; got ${value.shown}`);
  }
  const fields = new Map<string, YamlValue>();
  for (const { key, value: field } of entries ?? []) {
    const name = key.text ?? '';
    if (known.includes(name)) {
      fields.set(name, field);
    } else {
      const others = known.length > 1 ? `one of ${known.join(', ')}` : known.join('');
      report(key.line, `${what}: expected ${others}; got the key ${key.shown}${didYouMean(name, known)}`);
    }
  }
  return fields;
}

function itemsOf(key: string, list: YamlValue, report: Report): readonly YamlValue[] {
  const items = list.items();
  if (items === null || items.length === 0) {
    report(list.line, `${key}: expected a list; got ${items === null ? list.shown : 'an empty one'}`);
  }
  return items ?? [];
}

/** The words that a list may have. */
interface Vocabulary<Word extends string> {
  readonly isValid: (text: string) => text is Word;
  readonly known: readonly string[];
}

const REGION: Vocabulary<string> = {
  isValid: (text): text is string => partitionOf(text) !== null,
  known: KNOWN_REGIONS,
};

function isService(text: string): text is SecurityService {
  return SECURITY_SERVICES.some((service) => service === text);
}

function words<Word extends string>(
  key: 'services' | 'regions',
  list: YamlValue | undefined,
  vocabulary: Vocabulary<Word>,
  report: Report,
): Located<Word>[] {
  const found: Located<Word>[] = [];
  for (const item of list === undefined ? [] : itemsOf(key, list, report)) {
    const one = word(key, item, vocabulary, report);
    const before = found.find(({ value }) => value === one?.value);
    if (before !== undefined) {
      report(item.line, `${key}: ${item.shown} is in line ${before.line} already; remove one of them`);
    } else if (one !== null) {
      found.push(one);
    }
  }
  return found;
}

function word<Word extends string>(
  key: 'services' | 'regions' | 'detectorIds',
  { line, text, shown }: YamlValue,
  { isValid, known }: Vocabulary<Word>,
  report: Report,
): Located<Word> | null {
  if (text !== null && isValid(text)) {
    return { line, value: text };
  }
  const expected = key === 'services' ? known.join(' or ') : 'an AWS region, such as eu-west-1';
  report(line, `${key}: expected ${expected}; got ${shown}${didYouMean(text ?? '', known)}`);
  return null;
}

function readText(
  form: keyof typeof FORMS,
  key: string,
  { line, text, unquoted, shown }: YamlValue,
  report: Report,
): Located<string> | null {
  const { pattern, expected } = FORMS[form];
  if (text !== null && pattern.test(text)) {
    return { line, value: text };
  }
  // An external id is a secret between two companies.
  const got = form === 'externalId' ? 'another value' : shown;
  report(line, `${key}: expected ${expected}; got ${got}${remedy(form, text ?? unquoted ?? '', unquoted)}`);
  return null;
}

function remedy(form: keyof typeof FORMS, digits: string, unquoted: string | null): string {
  if (form === 'accountId' && /^\d{9,11}$/.test(digits)) {
    return `; it has ${digits.length} digits: put the leading zeros back, and quote it: "${digits.padStart(12, '0')}"`;
  }
  if (unquoted === null || unquoted === '') {
    return '';
  }
  return form === 'externalId' ? '; quote it' : `; quote it: ${JSON.stringify(unquoted.slice(0, 80))}`;
}

function administratorOf(written: WrittenAdministrator): Administrator {
  return {
    id: written.id?.value ?? '',
    accountId: written.accountId?.value ?? '',
    roleArn: written.roleArn?.value ?? null,
    externalId: written.externalId?.value ?? null,
    profile: written.profile?.value ?? null,
    services: written.services.map(({ value }) => value),
    regions: written.regions.map(({ value }) => value),
    detectorIds: Object.fromEntries(written.detectorIds.map(({ region, id }) => [region.value, id ?? ''])),
  };
}
