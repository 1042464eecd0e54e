import { it } from 'vitest';
import { expectToSurvive } from './postGenerated.js';

it('a gateway answers 300 generated documents without a 5xx, an internal error or a leak', async () => {
  await expectToSurvive(300);
});
