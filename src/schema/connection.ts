import { Field, type ClassType, Int, ObjectType } from 'type-graphql';

/** Where a page lies in its list. */
@ObjectType({
  simpleResolvers: true,
  description:
    'Where this page lies in its list. Lists are paged forward: pass endCursor as `after` to go on.',
})
export class PageInfo {
  @Field(() => Boolean, { description: 'True when more entries follow this page.' })
  readonly hasNextPage!: boolean;

  @Field(() => Boolean, {
    description: 'True when the page was asked for with `after`, so that entries lie before it.',
  })
  readonly hasPreviousPage!: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'Cursor of the first entry; null when the page is empty.',
  })
  readonly startCursor!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Cursor of the last entry, to be passed as `after`; null when the page is empty. A page of members has one ' +
      'whenever hasNextPage is true: with a filter by status it may be empty and others follow.',
  })
  readonly endCursor!: string | null;
}

/** An entry of a page. */
export interface Edge<Row> {
  readonly cursor: string;
  readonly node: Row;
}

/** A page of entries; the same entries twice, with their cursors and without. */
export interface Connection<Row> {
  readonly edges: readonly Edge<Row>[];
  readonly nodes: readonly Row[];
  readonly pageInfo: Readonly<PageInfo>;
  /** Null where counting would cost a scan; a function is called only when the field is asked for. */
  readonly totalCount: (() => Promise<number>) | null;
}

/** Makes the connection and edge types of a node type; `entries` is what its descriptions call the nodes. */
export function connectionOf<Row extends object>(
  node: ClassType<Row>,
  entries: string,
): new () => Connection<Row> {
  @ObjectType(`${node.name}Edge`, {
    simpleResolvers: true,
    description: `One of the ${entries} of a page, with its place in the list.`,
  })
  class NodeEdge implements Edge<Row> {
    @Field(() => String, {
      description: 'Opaque place of this entry in its list; pass it as `after` to go on from here.',
    })
    readonly cursor!: string;

    @Field(() => node, { description: 'The entry itself.' })
    readonly node!: Row;
  }

  @ObjectType(`${node.name}Connection`, {
    simpleResolvers: true,
    description: `A page of ${entries}: at most 100 of them, with what it takes to ask for the next.`,
  })
  class NodeConnection implements Connection<Row> {
    @Field(() => [NodeEdge], { description: 'The entries of this page with their cursors.' })
    readonly edges!: readonly Edge<Row>[];

    @Field(() => [node], { description: 'The entries of this page without their cursors.' })
    readonly nodes!: readonly Row[];

    @Field(() => PageInfo, { description: 'Where this page lies in the list, and whether more follow.' })
    readonly pageInfo!: Readonly<PageInfo>;

    @Field(() => Int, {
      nullable: true,
      description:
        'How many entries the whole list has. Exact for the outcomes and the unprocessed of a request, ' +
        'where it comes from running counts; null everywhere else, where it would cost a count over the ' +
        'whole record.',
    })
    readonly totalCount!: (() => Promise<number>) | null;
  }
  return NodeConnection;
}
