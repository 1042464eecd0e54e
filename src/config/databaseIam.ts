import type { DatabaseAddress } from '../ports/databaseAddress.js';

/** The host of a database of Amazon RDS or Aurora, with its region. */
const RDS_HOST = /\.([a-z0-9-]+)\.rds\.amazonaws\.com(?:\.cn)?$/;

/** The address, signed in with IAM in the region of each host, else in AWS_REGION. */
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
  if (user === undefined || host === undefined) {
    fault('expected a user and a host');
  }
  if (tls === undefined || tls === false) {
    fault('expected sslmode=verify-full and sslrootcert');
  }
  const iamRegions = new Map<string, string>();
  for (const { host: name } of writerAmong ?? [{ host: host ?? '' }]) {
    const region = RDS_HOST.exec(name)?.[1] ?? awsRegion;
    if (region === undefined) {
      faults.push('AWS_REGION: expected for DATABASE_SIGN_IN=rds-iam, since a host does not name its region');
      break;
    }
    iamRegions.set(name, region);
  }
  return { ...address, iamRegions };
}
