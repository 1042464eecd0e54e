import { descriptions, operations } from '../../client/src/operations.js';

/** The content of a tab at the first visit. GraphiQL names the tab after the operation. */
export interface StartingTab {
  readonly query: string;
  /** The JSON in the variables editor. */
  readonly variables: string;
}

/** Returns the tab of an operation: what it is for, as a comment, and its document. @param hint further lines of the comment. */
export function tab(name: keyof typeof operations, variables: unknown, hint = ''): StartingTab {
  const lines = `${descriptions[name]}\n${hint}`.trim().split('\n');
  const comment = lines.map((line) => `# ${line}`.trimEnd()).join('\n');
  return { query: `${comment}\n${operations[name]}\n`, variables: JSON.stringify(variables, null, 2) };
}
