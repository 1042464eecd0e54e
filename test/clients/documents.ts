/** The documents that every client sends; Relay's compiler wants their names to begin with that of its file, `Gateway`. */
export const DOCUMENTS = {
  administrators: 'query GatewayAdministratorsQuery { administrators { id accountId regions services } }',
  requests: `query GatewayRequestsQuery($first: Int, $after: String) {
    requests(first: $first, after: $after) {
      edges { cursor node { id status } }
      pageInfo { endCursor hasNextPage }
    }
  }`,
  outcomes: `query GatewayOutcomesQuery($first: Int, $each: Int) {
    requests(first: $first) { nodes { id outcomes(first: $each) { nodes { id status } } } }
  }`,
  add: `mutation GatewayAddMutation($input: CreateMembersInput!) {
    createMembers(input: $input) { request { id status } userErrors { code message } }
  }`,
  follow: `subscription GatewayFollowSubscription($id: ID!) {
    requestProgress(id: $id) { id status counts { total processed } }
  }`,
} as const;

export type DocumentName = keyof typeof DOCUMENTS;

export type Variables = Record<string, unknown>;

/** What a client made of an answer. */
export interface ClientAnswer {
  /** Null or undefined without data. */
  readonly data: unknown;
  /** `extensions.code` of each error, as the client shows it. */
  readonly codes: readonly unknown[];
}

/** A client under test, connected with one token. */
export interface TestClient {
  /** Runs a query or a mutation. */
  run(name: DocumentName, variables?: Variables): Promise<ClientAnswer>;
  /** Resolves with the results of a subscription when it has ended. */
  follow(variables: Variables): Promise<ClientAnswer[]>;
}

/** Connects a client to the address of /graphql. */
export type ConnectTestClient = (url: string, token: string) => TestClient;

/** An error as a client shows it. */
export interface ShownError {
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** The codes of errors, as a client shows them. */
export function codesOf(errors: readonly ShownError[] | undefined): readonly unknown[] {
  return (errors ?? []).map(({ extensions }) => extensions?.['code']);
}
