import { Field, type ClassType, Int, ObjectType } from 'type-graphql';

/** Where a page lies in its list. */
@ObjectType({
  simpleResolvers: true,
  description:
    'Where this page lies in its list. Pass endCursor as `after` to go on, and startCursor as `before` to go back.',
})
export class PageInfo {
  @Field(() => Boolean, {
    description:
      'True when older entries follow this page, or may follow: a page that has looked through some thousand entries ' +
      'which do not meet the filter ends there, with fewer entries than asked for, or none, and endCursor goes on. Of ' +
      'one that was paged backward: when it was asked for with `before`.',
  })
  readonly hasNextPage!: boolean;

  @Field(() => Boolean, {
    description:
      'True when the page was asked for with `after`, so that entries lie before it. Of one that was paged ' +
      'backward: when newer entries come before it, or may, as with hasNextPage; startCursor then goes on.',
  })
  readonly hasPreviousPage!: boolean;

  @Field(() => String, {
    nullable: true,
    description:
      'Where the page begins, to be passed as `before`. Null when the page is empty and nothing comes before it.',
  })
  readonly startCursor!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Where the page ends, to be passed as `after`: behind its last entry, or further on when it has looked further. ' +
      'There is one whenever hasNextPage is true, also when the page is empty.',
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
  /** Null where it is not counted; a function is called only when the field is asked for. */
  readonly totalCount: (() => Promise<number | null>) | null;
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
        'How many entries the whole list has, whichever page this is; what was erased for its age is not counted. ' +
        'Exact for the outcomes and the unprocessed of a request, from running counts. For requests, outcomes and ' +
        'calls at the root, and the outcomes of an account, exact up to 10,000 and null above, or where more than ' +
        '100,000 entries of the record would have to be looked through to count. Exact for the inventory. Null for the calls of a request and ' +
        'the outcomes of a call.',
    })
    readonly totalCount!: (() => Promise<number | null>) | null;
  }
  return NodeConnection;
}
