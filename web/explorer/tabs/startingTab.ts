/** The content of a tab at the first visit. GraphiQL names the tab after the operation. */
export interface StartingTab {
  readonly query: string;
  /** The JSON in the variables editor. */
  readonly variables?: string;
}

/** Returns variables as JSON for the variables editor. */
export function json(variables: unknown): string {
  return JSON.stringify(variables, null, 2);
}
