/** The two services whose members the sandbox keeps, by their AWS signing names. */
export type Service = 'guardduty' | 'securityhub';

/** Every service the sandbox answers for, by signing name: the third part of a signature's credential scope. */
export type SignedService = Service | 'sts';

/** An operation that names member accounts and changes them. Reads are not among them. */
export type ChangingOperation = 'CreateMembers' | 'InviteMembers' | 'DisassociateMembers' | 'DeleteMembers';

/** The operations that magic account ids and fault rules may name, in AWS's own words. */
export type OperationName =
  | ChangingOperation
  | 'GetMembers'
  | 'ListMembers'
  | 'ListDetectors'
  | 'DescribeHub'
  | 'GetCallerIdentity'
  | 'AssumeRole';

/** Where a call goes: one account's use of one service in one region. */
export interface CallScope {
  /** The account that calls, 12 digits. */
  readonly account: string;
  readonly region: string;
  readonly service: SignedService;
}

/** What members and ceilings belong to: the scope of a service that has members, the caller being their administrator. */
export interface Scope extends CallScope {
  readonly service: Service;
}

/** A scope as one string, for use as a map key. */
export const scopeKey = ({ account, region, service }: CallScope): string =>
  `${account}/${region}/${service}`;

/** Whether `text` is an AWS account id: exactly twelve digits. */
export const isAccountId = (text: string): boolean => /^\d{12}$/.test(text);
