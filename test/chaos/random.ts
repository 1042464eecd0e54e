import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Random numbers that a seed repeats. */
export interface Random {
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  /** True in this percentage of calls. */
  chance(percent: number): boolean;
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
  /** Each item with an even chance, but at least one. */
  some<Item>(items: readonly [Item, ...Item[]]): Item[];
}

export function createRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  // Seeds that are neighbours begin alike.
  for (let skipped = 0; skipped < 64; skipped += 1) {
    generator.next();
  }
  const between = (low: number, high: number): number => uniformInt(generator, low, high);
  const pick = <Item>(items: readonly [Item, ...Item[]]): Item =>
    items[between(0, items.length - 1)] ?? items[0];
  return {
    between,
    chance: (percent) => between(1, 100) <= percent,
    pick,
    some(items) {
      const chosen = items.filter(() => between(0, 1) === 1);
      return chosen.length > 0 ? chosen : [pick(items)];
    },
  };
}
