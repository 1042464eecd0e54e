/** An operation of the gateway as a tool. */
export interface OperationTool {
  /** The name of the operation, which is that of its document in the client. */
  readonly name: string;
  readonly description: string;
  readonly mutates: boolean;
  /** Whether its input has `dryRun`. */
  readonly hasDryRun: boolean;
  /** The JSON Schema of its variables. */
  readonly inputSchema: { readonly type: 'object'; readonly [keyword: string]: unknown };
}
