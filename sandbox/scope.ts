import type { SignedService } from './operations.js';

/** The services with members, by AWS signing name. */
export type Service = 'guardduty' | 'securityhub';

/** Returns whether a service has members: not STS and Organizations, which depend on no region and have no rates. */
export const hasMembers = (service: SignedService): service is Service =>
  service === 'guardduty' || service === 'securityhub';

/** The operations that change members. */
export type ChangingOperation = 'CreateMembers' | 'InviteMembers' | 'DisassociateMembers' | 'DeleteMembers';

/** The account, region and service of a call. */
export interface CallScope {
  /** The calling account, 12 digits. */
  readonly account: string;
  readonly region: string;
  readonly service: SignedService;
}

/** The scope of a member list and its ceilings. The calling account is the administrator. */
export interface Scope extends CallScope {
  readonly service: Service;
}

/** Returns a scope as a map key. */
export const scopeKey = ({ account, region, service }: CallScope): string =>
  `${account}/${region}/${service}`;

/** Returns whether `text` is an AWS account id: exactly 12 digits. */
export const isAccountId = (text: string): boolean => /^\d{12}$/.test(text);
