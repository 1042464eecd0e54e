import type { DatabaseAddress } from '../ports/databaseAddress.js';

/** The host of a database of Amazon RDS or Aurora, with its region. */
const RDS_HOST = /\.([a-z0-9-]+)\.rds\.amazonaws\.com(?:\.cn)?$/;

/** The address, signed in with IAM in the region of its host, else in AWS_REGION. */
export function iamAddress(
  address: DatabaseAddress,
  awsRegion: string | undefined,
  faults: string[],
): DatabaseAddress {
  const { variable, host, user, password, tls, writerAmong } = address;
  const fault = (text: string): void => {
    faults.push(`${variable}: ${text}, since DATABASE_SIGN_IN is rds-iam`);
  };
  if (password !== undefined) {
    fault('expected no password');
  }
  if (user === undefined || host === undefined || writerAmong !== undefined) {
    fault('expected a user and one host');
  }
  if (tls === undefined || tls === false) {
    fault('expected sslmode=verify-full and sslrootcert');
  }
  const iamRegion = RDS_HOST.exec(host ?? '')?.[1] ?? awsRegion;
  if (iamRegion === undefined) {
    faults.push('AWS_REGION: expected for DATABASE_SIGN_IN=rds-iam, since the host does not name its region');
    return address;
  }
  return { ...address, iamRegion };
}
