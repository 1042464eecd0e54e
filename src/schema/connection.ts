import { Field, type ClassType, Int, ObjectType } from 'type-graphql';

/** The position of a page in its list. */
@ObjectType({
  simpleResolvers: true,
  description: 'The position of a page. endCursor continues as `after`, startCursor goes back as `before`.',
})
export class PageInfo {
  @Field(() => Boolean, {
    description:
      'True if older entries follow or may follow: after some thousand entries that do not match the filter, a ' +
      'page ends early, perhaps empty, and endCursor continues. On a page read backward: true if `before` was ' +
      'given.',
  })
  readonly hasNextPage!: boolean;

  @Field(() => Boolean, {
    description:
      'True if `after` was given. On a page read backward: true if newer entries precede it or may precede it; ' +
      'startCursor continues.',
  })
  readonly hasPreviousPage!: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'The start of the page. Null if the page is empty and no entries precede it.',
  })
  readonly startCursor!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The end of the page: its last entry, or a later one that it scanned. Not null if hasNextPage is true.',
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
  /** Null if the list is not counted. The function is called only if the operation selects the field. */
  readonly totalCount: (() => Promise<number | null>) | null;
}

/** Returns the connection type of a node type. The descriptions call the nodes `entries`. */
export function connectionOf<Row extends object>(
  node: ClassType<Row>,
  entries: string,
): new () => Connection<Row> {
  @ObjectType(`${node.name}Edge`, {
    simpleResolvers: true,
    description: `One of the ${entries} of a page.`,
  })
  class NodeEdge implements Edge<Row> {
    @Field(() => String, {
      description: 'Opaque position of the entry, for `after`.',
    })
    readonly cursor!: string;

    @Field(() => node, { description: 'The entry.' })
    readonly node!: Row;
  }

  @ObjectType(`${node.name}Connection`, {
    simpleResolvers: true,
    description: `A page of at most 100 ${entries}.`,
  })
  class NodeConnection implements Connection<Row> {
    @Field(() => [NodeEdge], { description: 'The entries with cursors.' })
    readonly edges!: readonly Edge<Row>[];

    @Field(() => [node], { description: 'The entries.' })
    readonly nodes!: readonly Row[];

    @Field(() => PageInfo, { description: 'The position of the page.' })
    readonly pageInfo!: Readonly<PageInfo>;

    @Field(() => Int, {
      nullable: true,
      description: 'Length of the whole list without erased entries, if counted.',
    })
    readonly totalCount!: (() => Promise<number | null>) | null;
  }
  return NodeConnection;
}
