import { closest } from './didYouMean.js';

/** Names of other programs, some of which are close to names that the gateway shares with them. */
const FOREIGN = /^(AWS_|npm_|PG|OTEL_)|_PROXY$/i;

/** Shorter names, such as HOST and PORT, are too close to words of all kinds. */
const SHORTEST = 8;

/** Letters that a misspelt name has more, less or other. Two in wrong order are two. */
const MOST_EDITS = 2;

/**
 * A line for each variable that is not one of the gateway's and whose name is close to one that is not set. Where both names are
 * set, the other one belongs to another program.
 */
export function misspeltVariables(env: NodeJS.ProcessEnv, known: readonly string[]): string[] {
  const missing = known.filter(
    (name) => name.length >= SHORTEST && !FOREIGN.test(name) && env[name] === undefined,
  );
  return Object.keys(env)
    .filter((name) => !known.includes(name) && !FOREIGN.test(name))
    .flatMap((name) => {
      const found = closest(name, missing, () => MOST_EDITS);
      return found === null ? [] : [`${name}: no variable of the gateway; did you mean ${found}?`];
    });
}
