import { type ClassType, Directive, Field, Int, ObjectType } from "type-graphql";

/** Where a page stands in its list (Relay). One class for all subgraphs. */
@ObjectType("PageInfo")
@Directive("@shareable")
export class PageInfo {
  @Field(() => Boolean)
  hasNextPage!: boolean;

  @Field(() => Boolean)
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true })
  startCursor!: string | null;

  @Field(() => String, { nullable: true })
  endCursor!: string | null;
}

/** One node of a page with the cursor that stands for it. */
export interface Edge<Node> {
  cursor: string;
  node: Node;
}

/** One page of a list (Relay). */
export interface Connection<Node> {
  edges: Edge<Node>[];
  pageInfo: PageInfo;
  /** Counts the whole list; called only when the client asks. Without it `totalCount` is null. */
  count?: (() => Promise<number>) | undefined;
}

/**
 * Makes the GraphQL types `<name>Connection` and `<name>Edge` for a node class; returns the class of the connection, for
 * `@Query(() => DocumentConnection)`. Call it once per node and subgraph.
 */
export function connectionType<Node extends object>(
  name: string,
  node: () => ClassType<Node>,
): ClassType<Connection<Node>> {
  @ObjectType(`${name}Edge`)
  class NodeEdge implements Edge<Node> {
    @Field(() => String)
    cursor!: string;

    @Field(node)
    node!: Node;
  }

  @ObjectType(`${name}Connection`)
  class NodeConnection implements Connection<Node> {
    @Field(() => [NodeEdge])
    edges!: NodeEdge[];

    @Field(() => PageInfo)
    pageInfo!: PageInfo;

    count?: () => Promise<number>;

    @Field(() => Int, { nullable: true })
    async totalCount(): Promise<number | null> {
      return (await this.count?.()) ?? null;
    }
  }
  return NodeConnection;
}
