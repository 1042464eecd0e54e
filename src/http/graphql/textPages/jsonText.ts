import type { FormattedExecutionResult } from 'graphql';

/** The `data` of an answer that is JSON already. */
export class JsonText {
  constructor(readonly text: string) {}
}

/** The body of an answer as JSON. Apollo calls it for every operation; `data` may be a JsonText. */
export function stringifyResult({ errors, data, extensions }: FormattedExecutionResult): string {
  const value: unknown = data;
  return value instanceof JsonText
    ? `{"data":${value.text},"extensions":${JSON.stringify(extensions)}}\n`
    : `${JSON.stringify({ errors, data, extensions })}\n`;
}
