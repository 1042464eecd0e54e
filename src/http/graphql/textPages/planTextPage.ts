import type { DocumentNode, FieldNode, OperationDefinitionNode } from 'graphql';
import type { OutcomeColumn } from '../../../ports/history.js';
import type { PageEnds, TextColumn, TextPage } from '../../../ports/pages.js';
import { keyOf, selectedFields } from './selectedFields.js';

/** How a text page is read and written. */
export interface TextPagePlan {
  /** The name of the page in the answer. */
  readonly key: string;
  readonly root: FieldNode;
  /** The columns of `nodes`. */
  readonly columns: readonly TextColumn<OutcomeColumn>[];
  /** Whether `totalCount` is selected. */
  readonly isCounted: boolean;
  /** One for each selected field of the page, in order. */
  readonly writers: readonly Write[];
}

/** Writes one field of the page as JSON, name and value. */
type Write = (page: TextPage, totalCount: string) => string;

/** The fields of Outcome that PostgreSQL can write; all others have a resolver. */
const OUTCOME_COLUMNS = {
  __typename: true,
  id: true,
  accountId: true,
  email: true,
  operation: true,
  administrator: true,
  service: true,
  region: true,
  status: true,
  reasonCode: true,
  reason: true,
  retryable: true,
  sends: true,
  settledAt: true,
} satisfies Record<OutcomeColumn, true>;

const PAGE_ENDS = {
  hasNextPage: true,
  hasPreviousPage: true,
  startCursor: true,
  endCursor: true,
} satisfies Record<keyof PageEnds, true>;

/** Plans the text page for an operation; null for an operation that selects anything else. */
export function planTextPage(
  document: DocumentNode,
  { selectionSet }: OperationDefinitionNode,
): TextPagePlan | null {
  const [root, ...others] = selectedFields(selectionSet, 'Query', document) ?? [];
  if (root?.name.value !== 'outcomes' || others.length > 0) {
    return null;
  }
  const fields = selectedFields(root.selectionSet, 'OutcomeConnection', document) ?? [];
  const [nodes, ...moreNodes] = fields.filter(({ name }) => name.value === 'nodes');
  const columns = nodes && columnsOf(nodes, 'Outcome', OUTCOME_COLUMNS, document);
  const writers = writersOf(fields, document);
  if (columns == null || moreNodes.length > 0 || writers === null) {
    return null;
  }
  const isCounted = fields.some(({ name }) => name.value === 'totalCount');
  return { key: keyOf(root), root, columns, isCounted, writers };
}

/** Null when a field cannot be written, and when two fields have the same name in the answer, which graphql-js merges. */
function writersOf(fields: readonly FieldNode[], document: DocumentNode): Write[] | null {
  const keys = new Set<string>();
  const writers: Write[] = [];
  for (const field of fields) {
    const key = keyOf(field);
    const write = writerOf(field, `${keys.size === 0 ? '' : ','}"${key}":`, document);
    if (write === null || keys.has(key)) {
      return null;
    }
    keys.add(key);
    writers.push(write);
  }
  return writers;
}

/** @param lead what comes before the value: the name of the field, and a comma unless it is the first. */
function writerOf(field: FieldNode, lead: string, document: DocumentNode): Write | null {
  switch (field.name.value) {
    case '__typename':
      return () => `${lead}"OutcomeConnection"`;
    case 'totalCount':
      return (_page, totalCount) => lead + totalCount;
    case 'nodes':
      return ({ nodes }) => `${lead}[${nodes}]`;
    case 'pageInfo':
      return pageInfoWriter(columnsOf(field, 'PageInfo', PAGE_ENDS, document), lead);
    default:
      return null;
  }
}

function pageInfoWriter(columns: readonly TextColumn<keyof PageEnds>[] | null, lead: string): Write | null {
  if (columns === null) {
    return null;
  }
  return (page) => {
    const ends = columns.map(({ as, column }) => `"${as}":${JSON.stringify(page[column])}`);
    return `${lead}{${ends.join(',')}}`;
  };
}

/** The selected fields when all are `known`, each name in the answer once; else null. */
function columnsOf<Column extends string>(
  { selectionSet }: FieldNode,
  type: string,
  known: Readonly<Record<Column, true>>,
  document: DocumentNode,
): TextColumn<Column>[] | null {
  const fields = selectedFields(selectionSet, type, document);
  if (!fields?.every(({ name }) => Object.hasOwn(known, name.value))) {
    return null;
  }
  const columns = fields.map((field) => [keyOf(field), field.name.value as Column] as const);
  return [...new Map(columns)].map(([as, column]) => ({ as, column }));
}
