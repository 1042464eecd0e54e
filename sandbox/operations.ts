/**
 * Every operation of the sandbox, by signing name, with the method and path of the API models. STS and Organizations have one
 * path each, and their requests name the operation.
 */
// prettier-ignore
export const OPERATIONS = {
  guardduty: {
    CreateMembers: 'POST /detector/{DetectorId}/member',
    InviteMembers: 'POST /detector/{DetectorId}/member/invite',
    DisassociateMembers: 'POST /detector/{DetectorId}/member/disassociate',
    DeleteMembers: 'POST /detector/{DetectorId}/member/delete',
    GetMembers: 'POST /detector/{DetectorId}/member/get',
    ListMembers: 'GET /detector/{DetectorId}/member',
    StartMonitoringMembers: 'POST /detector/{DetectorId}/member/start',
    StopMonitoringMembers: 'POST /detector/{DetectorId}/member/stop',
    ListDetectors: 'GET /detector',
    CreateDetector: 'POST /detector',
    GetDetector: 'GET /detector/{DetectorId}',
    DeleteDetector: 'DELETE /detector/{DetectorId}',
    ListInvitations: 'GET /invitation',
    GetInvitationsCount: 'GET /invitation/count',
    AcceptAdministratorInvitation: 'POST /detector/{DetectorId}/administrator',
    AcceptInvitation: 'POST /detector/{DetectorId}/master',
    DeclineInvitations: 'POST /invitation/decline',
    DeleteInvitations: 'POST /invitation/delete',
    GetAdministratorAccount: 'GET /detector/{DetectorId}/administrator',
    GetMasterAccount: 'GET /detector/{DetectorId}/master',
    DisassociateFromAdministratorAccount: 'POST /detector/{DetectorId}/administrator/disassociate',
    DisassociateFromMasterAccount: 'POST /detector/{DetectorId}/master/disassociate',
    EnableOrganizationAdminAccount: 'POST /admin/enable',
    DisableOrganizationAdminAccount: 'POST /admin/disable',
    ListOrganizationAdminAccounts: 'GET /admin',
    DescribeOrganizationConfiguration: 'GET /detector/{DetectorId}/admin',
    UpdateOrganizationConfiguration: 'POST /detector/{DetectorId}/admin',
  },
  securityhub: {
    CreateMembers: 'POST /members',
    InviteMembers: 'POST /members/invite',
    DisassociateMembers: 'POST /members/disassociate',
    DeleteMembers: 'POST /members/delete',
    GetMembers: 'POST /members/get',
    ListMembers: 'GET /members',
    EnableSecurityHub: 'POST /accounts',
    DescribeHub: 'GET /accounts',
    DisableSecurityHub: 'DELETE /accounts',
    ListInvitations: 'GET /invitations',
    GetInvitationsCount: 'GET /invitations/count',
    AcceptAdministratorInvitation: 'POST /administrator',
    AcceptInvitation: 'POST /master',
    DeclineInvitations: 'POST /invitations/decline',
    DeleteInvitations: 'POST /invitations/delete',
    GetAdministratorAccount: 'GET /administrator',
    GetMasterAccount: 'GET /master',
    DisassociateFromAdministratorAccount: 'POST /administrator/disassociate',
    DisassociateFromMasterAccount: 'POST /master/disassociate',
    EnableOrganizationAdminAccount: 'POST /organization/admin/enable',
    DisableOrganizationAdminAccount: 'POST /organization/admin/disable',
    ListOrganizationAdminAccounts: 'GET /organization/admin',
    DescribeOrganizationConfiguration: 'GET /organization/configuration',
    UpdateOrganizationConfiguration: 'POST /organization/configuration',
  },
  sts: {
    GetCallerIdentity: 'POST /',
    AssumeRole: 'POST /',
  },
  organizations: {
    ListAccounts: 'POST /',
    DescribeOrganization: 'POST /',
  },
} as const;

/** A service of the sandbox, by signing name: the third part of a signature's credential scope. */
export type SignedService = keyof typeof OPERATIONS;

/** The operations of one service, by AWS name. */
export type OperationOf<Service extends SignedService> = keyof (typeof OPERATIONS)[Service] & string;

/** The operations of the sandbox, by AWS name. */
export type OperationName = { [Service in SignedService]: OperationOf<Service> }[SignedService];

export const SIGNED_SERVICES = Object.keys(OPERATIONS) as SignedService[];

/** The names of all operations, each once. */
export const OPERATION_NAMES = [
  ...new Set(Object.values(OPERATIONS).flatMap((operations) => Object.keys(operations))),
] as OperationName[];
