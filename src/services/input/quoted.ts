/** How much of a wrong value a message repeats, in characters: enough to recognise it by. */
const QUOTED_LENGTH = 80;

/** A value as a message shows it: as JSON, cut short when it is long. */
export function quoted(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > QUOTED_LENGTH ? `${text.slice(0, QUOTED_LENGTH)}...` : text;
}
