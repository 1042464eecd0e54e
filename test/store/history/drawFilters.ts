import { createHash } from 'node:crypto';

/** `times` filters for every subset of the conditions. The seed decides which of its values each condition has. */
export function drawFilters<Filter>(
  seed: string,
  values: { readonly [Condition in keyof Filter]?: readonly unknown[] },
  times = 1,
): Filter[] {
  const conditions = Object.entries(values) as [string, readonly unknown[]][];
  const filters: object[] = [];
  for (let draw = 0; draw < times << conditions.length; draw++) {
    const given = conditions.filter((_, place) => (draw >> place) % 2 === 1);
    filters.push(
      Object.fromEntries(
        given.map(([condition, choices]) => [
          condition,
          choices[hashOf(`${seed} ${draw} ${condition}`) % choices.length],
        ]),
      ),
    );
  }
  return filters as Filter[];
}

function hashOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE();
}
