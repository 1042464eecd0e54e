import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);
const promtool = await run('promtool', ['--version']).then(
  () => true,
  () => false,
);

it.skipIf(!promtool)(
  'promtool takes the rules, and each alert fires and stays quiet (Debian: prometheus)',
  async () => {
    await run('promtool', ['check', 'rules', 'deploy/prometheus/rules.yaml']);
    const { stdout } = await run('promtool', ['test', 'rules', 'deploy/prometheus/rules.test.yaml']);
    expect(stdout).toContain('SUCCESS');
  },
);
