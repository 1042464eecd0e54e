/** The text of an operation, which knows the types of its result and its variables. */
export type TypedDocument<Result, Variables> = string & DocumentTypes<Result, Variables>;

/**
 * What `execute` runs: a string, or a document that graphql-codegen makes with `documentMode: 'string'`, which is an object.
 */
export type ExecutableDocument<Result, Variables> =
  | TypedDocument<Result, Variables>
  // eslint-disable-next-line @typescript-eslint/no-wrapper-object-types -- graphql-codegen's documents extend it.
  | (String & DocumentTypes<Result, Variables>);

/** The types of a document, as @graphql-typed-document-node/core has them. */
interface DocumentTypes<Result, Variables> {
  __apiType?: (variables: Variables) => Result;
}
