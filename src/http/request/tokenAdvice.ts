/** The credentials that a gateway accepts. */
export interface AcceptedCredentials {
  readonly tokens: boolean;
  readonly oidc: { readonly issuer: string } | null;
}

/** How a caller gets a token, for the message of each UNAUTHENTICATED; null while authentication is off. */
export function tokenAdvice(credentials: AcceptedCredentials | null): string | null {
  if (credentials === null) {
    return null;
  }
  const ways = [
    ...(credentials.tokens ? ['ask an admin for an API token (createToken, or npm run token)'] : []),
    ...(credentials.oidc === null ? [] : [`sign in at ${credentials.oidc.issuer}`]),
  ];
  return `To get a token, ${ways.join(', or ')}.`;
}
