/**
 * The settings of an SDK client that calls another address than AWS's. FIPS and dual-stack, which a shell or a profile may
 * have switched on, choose among AWS's own addresses: with them the SDK would refuse every call.
 */
export function customEndpoint(endpoint: string | null): {
  readonly endpoint?: string;
  readonly useFipsEndpoint?: false;
  readonly useDualstackEndpoint?: false;
} {
  return endpoint === null ? {} : { endpoint, useFipsEndpoint: false, useDualstackEndpoint: false };
}
