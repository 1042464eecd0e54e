import { expect, it } from 'vitest';
import { namesType, preferredType } from '../../../src/http/request/acceptedTypes.js';

it('of a long Accept header the first 1,000 characters count', () => {
  const types = ['application/json', 'text/event-stream'];
  const others = (count: number) => 'a/b, '.repeat(count);
  const near = { headers: { accept: `${others(100)}text/event-stream` } };
  expect([preferredType(near, types), namesType(near, 'text/event-stream')]).toEqual([
    'text/event-stream',
    true,
  ]);
  const far = { headers: { accept: `${others(200)}text/event-stream` } };
  expect([preferredType(far, types), namesType(far, 'text/event-stream')]).toEqual([null, false]);
});
