import {
  getArgumentValues,
  Kind,
  locatedError,
  type DocumentNode,
  type ExecutionResult,
  type FieldNode,
  type FormattedExecutionResult,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { OutcomeColumn, PageEnds, TextColumn, TextPage } from '../../../ports/pages.js';
import { ruleOf } from '../../../resolvers/rules.js';
import type { GatewayContext } from '../../../resolvers/context.js';
import type { AskedOutcomes } from '../../../services/input/checkFilters.js';
import type { AskedPage } from '../../../services/input/pageArgs.js';
import type { PricedOperation } from '../cost.js';

/** The data of an answer, as JSON already. */
class JsonText {
  constructor(readonly text: string) {}
}

/** The columns that are written as text, and what of a page's place is. Everything else has a resolver. */
const COLUMNS = {
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
const ENDS = {
  hasNextPage: true,
  hasPreviousPage: true,
  startCursor: true,
  endCursor: true,
} satisfies Record<keyof PageEnds, true>;

/** The arguments of the field. */
type PageArguments = AskedPage & { readonly filter?: AskedOutcomes | null } & Readonly<
    Record<string, unknown>
  >;

/** Writes a member of the page, name and value. */
type Write = (page: TextPage, totalCount: string) => string;

/** How a page is written, and what of it is read. */
interface Plan {
  readonly key: string;
  readonly root: FieldNode;
  readonly columns: readonly TextColumn<OutcomeColumn>[];
  readonly isCounted: boolean;
  readonly members: readonly Write[];
}

/**
 * Compiles a query for one page of outcomes that asks for nothing of them but what stands in their rows: PostgreSQL then
 * writes the JSON, and nobody makes objects of it in between. Null for every other document.
 */
export function createCompileTextPage(schema: GraphQLSchema) {
  const field = schema.getQueryType()?.getFields()['outcomes'];
  if (field === undefined) {
    throw new Error('there are no outcomes to list');
  }
  const check = ruleOf(field);

  return (document: DocumentNode, operation: OperationDefinitionNode) => {
    const plan = planOf(document, operation);
    if (plan === null) {
      return null;
    }
    const { key, root, columns, isCounted, members } = plan;
    return async ({ coerced }: PricedOperation, context: GatewayContext): Promise<ExecutionResult> => {
      try {
        const args: PageArguments = getArgumentValues(field, root, coerced);
        check(args, context);
        const { caller, history } = context;
        const { page, count } = await history.outcomesAsText(caller, args.filter ?? {}, args, columns);
        const totalCount = isCounted ? JSON.stringify(await count()) : '';
        let text = `{"${key}":{`;
        for (const write of members) {
          text += write(page, totalCount);
        }
        return { data: new JsonText(`${text}}}`) as never };
      } catch (error) {
        return { data: null, errors: [locatedError(error, [root], [key])] };
      }
    };
  };
}

/** An answer as it leaves: what JSON.stringify makes of it, or the text that it is. */
export function stringifyResult({ errors, data, extensions }: FormattedExecutionResult): string {
  const known: unknown = data;
  return known instanceof JsonText
    ? `{"data":${known.text},"extensions":${JSON.stringify(extensions)}}\n`
    : `${JSON.stringify({ errors, data, extensions })}\n`;
}

function planOf(document: DocumentNode, { selectionSet }: OperationDefinitionNode): Plan | null {
  const [root, ...others] = fieldsOf(selectionSet, 'Query', document) ?? [];
  if (root?.name.value !== 'outcomes' || others.length > 0) {
    return null;
  }
  const keys = new Set<string>();
  const members: Write[] = [];
  let columns: TextColumn<OutcomeColumn>[] | null = null;
  let isCounted = false;
  for (const field of fieldsOf(root.selectionSet, 'OutcomeConnection', document) ?? []) {
    const key = keyOf(field);
    const lead = `${keys.size === 0 ? '' : ','}"${key}":`;
    // What is selected twice is merged, or refused: that is for others.
    if (keys.has(key)) {
      return null;
    }
    keys.add(key);
    switch (field.name.value) {
      case '__typename':
        members.push(() => `${lead}"OutcomeConnection"`);
        break;
      case 'totalCount':
        isCounted = true;
        members.push((_, totalCount) => lead + totalCount);
        break;
      case 'nodes': {
        const asked = columnsOf(fieldsOf(field.selectionSet, 'Outcome', document), COLUMNS);
        if (asked === null || columns !== null) {
          return null;
        }
        columns = asked;
        members.push(({ nodes }) => `${lead}[${nodes}]`);
        break;
      }
      case 'pageInfo': {
        const asked = columnsOf(fieldsOf(field.selectionSet, 'PageInfo', document), ENDS);
        if (asked === null) {
          return null;
        }
        members.push((page) => {
          const ends = asked.map(({ as, column }) => `"${as}":${JSON.stringify(page[column])}`);
          return `${lead}{${ends.join(',')}}`;
        });
        break;
      }
      default:
        return null;
    }
  }
  return columns && { key: keyOf(root), root, columns, isCounted, members };
}

/** Leaves that are all known, each name of an answer once; null when one is not known. */
function columnsOf<Column extends string>(
  fields: readonly FieldNode[] | null,
  known: Readonly<Record<Column, true>>,
): TextColumn<Column>[] | null {
  if (!fields?.every(({ name }) => Object.hasOwn(known, name.value))) {
    return null;
  }
  const columns = fields.map((field) => [keyOf(field), field.name.value as Column] as const);
  return [...new Map(columns)].map(([as, column]) => ({ as, column }));
}

/** The fields that are selected, in order, fragments of the type resolved; null with a directive, and for other types. */
function fieldsOf(
  set: SelectionSetNode | undefined,
  type: string,
  document: DocumentNode,
): FieldNode[] | null {
  const fields: FieldNode[] = [];
  for (const selection of set?.selections ?? []) {
    if ((selection.directives?.length ?? 0) > 0) {
      return null;
    }
    if (selection.kind === Kind.FIELD) {
      fields.push(selection);
      continue;
    }
    const fragment =
      selection.kind === Kind.INLINE_FRAGMENT ? selection : fragmentOf(selection.name.value, document);
    const isOfType = (fragment?.typeCondition?.name.value ?? type) === type;
    const within = fragment && isOfType ? fieldsOf(fragment.selectionSet, type, document) : null;
    if (within === null) {
      return null;
    }
    fields.push(...within);
  }
  return fields;
}

function fragmentOf(name: string, { definitions }: DocumentNode) {
  return definitions.find(
    (definition) => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === name,
  ) as Extract<(typeof definitions)[number], { kind: Kind.FRAGMENT_DEFINITION }> | undefined;
}

function keyOf({ alias, name }: FieldNode): string {
  return (alias ?? name).value;
}
