import { parse, type DocumentNode, type OperationDefinitionNode } from 'graphql';

/** An operation that has been parsed and validated, with its variables. */
export interface ParsedOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly operationName: string | null;
  /** As the client sent them. */
  readonly variables: Record<string, unknown>;
}

/** An operation whose variables fit their types. */
export interface CoercedOperation extends ParsedOperation {
  /** As the resolvers get them. */
  readonly coerced: Record<string, unknown>;
}

/** Parses a document of at most `maxLexicalTokens` tokens; null if it cannot be parsed. */
export function parseOrNull(text: string, maxLexicalTokens: number): DocumentNode | null {
  try {
    return parse(text, { maxLexicalTokens, noLocation: true });
  } catch {
    return null;
  }
}
