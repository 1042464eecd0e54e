import type { GraphQLAnswer } from './gateway.js';

/** The answer in a body: that of the first event of a stream, or the body itself. */
export function firstAnswer(body: string): GraphQLAnswer {
  return JSON.parse(/^data: (.+)$/m.exec(body)?.[1] ?? body) as GraphQLAnswer;
}
