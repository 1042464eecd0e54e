/** How this machine reaches AWS: its proxies, the certificates that it trusts besides Node's own, and its region. */
export interface AwsNetwork {
  /** Variables for Node's agents, in capitals. Null: every call goes directly. */
  readonly proxies: {
    /** The proxy of `https:` addresses, all of AWS's own. */
    readonly HTTPS_PROXY: string | undefined;
    /** The proxy of `http:` addresses, such as an AWS look-alike's. */
    readonly HTTP_PROXY: string | undefined;
    /** Hosts that are reached directly. */
    readonly NO_PROXY: string | undefined;
  } | null;
  /** Certificates of authorities, as PEM. Null: Node's own and those of NODE_EXTRA_CA_CERTS. */
  readonly caBundle: string | null;
  /** The region that the shell gives (AWS_REGION). Null: none. */
  readonly region: string | null;
}
