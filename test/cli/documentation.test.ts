import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { createMgwRunner } from './mgwProcess.js';
import { createMgwShell, examplesOf, promisedStatuses, type MgwShell } from './pageExamples.js';

const PAGE = await readFile('docs/cli.md', 'utf8');
const EXAMPLES = examplesOf(PAGE);

let gateway: TestGateway;
let shell: MgwShell;

beforeAll(async () => {
  gateway = await startGateway();
  shell = await createMgwShell(gateway.url);
});
afterAll(async () => {
  await shell[Symbol.asyncDispose]();
  await gateway.stop();
});

describe('docs/cli.md', () => {
  it('has examples', () => {
    expect(EXAMPLES.length).toBeGreaterThan(5);
    expect(EXAMPLES.some(({ shown }) => shown !== '')).toBe(true);
  });

  it.each(EXAMPLES)(
    'runs $commands',
    async (example) => {
      const { statuses, stderr } = await shell.run(example.commands);
      expect({ statuses, stderr }).toEqual({
        statuses: promisedStatuses(example),
        stderr: expect.stringContaining(example.shown),
      });
    },
    180_000,
  );
});

it('docs/cli.md names every command and every flag of mgw', async () => {
  await using mgw = await createMgwRunner({});
  const { stdout } = await mgw.run(['completion', 'fish']);
  const flags = [...stdout.matchAll(/ -l (\S+)/g)].map((match) => `--${match[1] ?? ''}`);
  const commands = [...stdout.matchAll(/ -a (\S+)/g)].map((match) => match[1] ?? '');
  const words = new Set(PAGE.match(/--[a-z-]+|[a-z]+/g));
  const missing = [...flags, ...commands].filter((word) => !words.has(word) && word !== '--help');
  expect([...new Set(missing)]).toEqual([]);
});
