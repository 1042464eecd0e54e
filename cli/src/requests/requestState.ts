import type { Client } from 'membership-gateway-client';

/** A request as the gateway shows it. */
export type RequestState = NonNullable<Awaited<ReturnType<Client['request']>>>;

/** An outcome as lists show it. */
export type OutcomeState = Client['outcomes'] extends (...parameters: never[]) => AsyncGenerator<infer Entry>
  ? Entry
  : never;

export function isFinal({ status }: Pick<RequestState, 'status'>): boolean {
  return status !== 'PENDING' && status !== 'RUNNING';
}
