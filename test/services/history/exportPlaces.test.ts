import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createExportPlaces } from '../../../src/services/history/exportPlaces.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** An export that needs 10 ms to read each block of rows, while its client needs `clientMs` to take it. Stops when it gives way. */
async function runExport(
  places: ReturnType<typeof createExportPlaces>,
  clientMs: number,
): Promise<() => boolean> {
  let isCut = false;
  const place = await places.take(() => (isCut = true), undefined);
  const read = (): void => {
    place.rowsReady();
    setTimeout(take, clientMs);
  };
  const take = (): void => {
    place.rowsTaken();
    setTimeout(isCut ? place.leave : read, isCut ? 0 : 10);
  };
  setTimeout(read, 10);
  return () => isCut;
}

it('an export whose client takes rows once a second gives way, and one whose client reads fast does not', async () => {
  const places = createExportPlaces(2);
  const slow = await runExport(places, 1_000);
  const fast = await runExport(places, 8);
  await vi.advanceTimersByTimeAsync(3_000);
  expect([slow(), fast()]).toEqual([false, false]);
  const late = runExport(places, 8);
  await vi.advanceTimersByTimeAsync(2_000);
  await late;
  expect([slow(), fast()]).toEqual([true, false]);
});

it('exports that wait find no place while all clients read fast', async () => {
  const places = createExportPlaces(1);
  await runExport(places, 8);
  const refused = expect(runExport(places, 8)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await vi.advanceTimersByTimeAsync(6_000);
  await refused;
});
