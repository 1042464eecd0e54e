import { it } from 'vitest';
import { expectToSurvive } from './postGenerated.js';

it(
  'a gateway answers 10,000 generated documents without a 5xx, an internal error or a leak',
  { timeout: 600_000 },
  async () => {
    await expectToSurvive(10_000);
  },
);
