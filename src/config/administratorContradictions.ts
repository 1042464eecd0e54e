import { partitionOf } from './awsRegions.js';
import type { Report, WrittenAdministrator } from './writtenAdministrator.js';

/** Reports the values of one administrator that do not go together. */
export function contradictionsWithin(administrator: WrittenAdministrator, report: Report): void {
  const { accountId, regions, detectorIds, roleArn, externalId } = administrator;
  for (const { region } of detectorIds) {
    if (!regions.some(({ value }) => value === region.value)) {
      report(region.line, `detectorIds: ${region.value} is not in regions; add it there, or remove it here`);
    }
  }
  if (externalId !== null && roleArn === null) {
    report(externalId.line, 'externalId: expected with a roleArn only; add the roleArn, or remove it');
  }
  const roleAccount = roleArn?.value.split(':')[4];
  if (roleArn !== null && accountId !== null && roleAccount !== accountId.value) {
    report(
      roleArn.line,
      `roleArn: expected a role of the account ${accountId.value}, the accountId in line ${accountId.line}; got one of ${roleAccount}`,
    );
  }
  partitionsWithin(administrator, report);
}

function partitionsWithin({ regions, roleArn }: WrittenAdministrator, report: Report): void {
  const [first] = regions;
  if (first === undefined) {
    return;
  }
  const partition = partitionOf(first.value);
  for (const { line, value } of regions.filter((region) => partitionOf(region.value) !== partition)) {
    report(
      line,
      `regions: ${value} is in the partition ${partitionOf(value)}, and ${first.value} in ${partition}; make two administrators, since no credentials are valid in two partitions`,
    );
  }
  const rolePartition = roleArn?.value.split(':')[1];
  if (roleArn !== null && rolePartition !== partition) {
    report(
      roleArn.line,
      `roleArn: expected arn:${partition}:…, the partition of ${first.value}; got arn:${rolePartition}:…`,
    );
  }
}

/** Reports administrators that do not go together: ids, targets, and partitions of shared credentials. */
export function contradictionsBetween(administrators: readonly WrittenAdministrator[], report: Report): void {
  repeatedIds(administrators, report);
  repeatedTargets(administrators, report);
  mixedPartitions(administrators, report);
}

function repeatedIds(administrators: readonly WrittenAdministrator[], report: Report): void {
  const lines = new Map<string, number>();
  for (const { id } of administrators) {
    const before = id === null ? undefined : lines.get(id.value);
    if (id !== null && before !== undefined) {
      report(
        id.line,
        `id: two administrators have the id ${id.value}, the other in line ${before}; rename one`,
      );
    } else if (id !== null) {
      lines.set(id.value, id.line);
    }
  }
}

/** Two ids of one account, service and region would send at twice its rate, and not in the order of acceptance. */
function repeatedTargets(administrators: readonly WrittenAdministrator[], report: Report): void {
  const owners = new Map<string, WrittenAdministrator>();
  for (const administrator of administrators) {
    const { accountId, services, regions } = administrator;
    if (accountId === null) {
      continue;
    }
    for (const region of regions) {
      const repeated = services.filter(({ value }) =>
        owners.has(`${accountId.value} ${value} ${region.value}`),
      );
      const owner = owners.get(`${accountId.value} ${repeated[0]?.value} ${region.value}`);
      if (owner !== undefined) {
        const names = repeated.map(({ value }) => value).join(' and ');
        report(
          region.line,
          `regions: ${names} in ${region.value} of the account ${accountId.value} belongs to ${nameOf(owner)} already; remove it from one of the two`,
        );
      }
      for (const { value } of services) {
        const target = `${accountId.value} ${value} ${region.value}`;
        owners.set(target, owners.get(target) ?? administrator);
      }
    }
  }
}

function mixedPartitions(administrators: readonly WrittenAdministrator[], report: Report): void {
  const users = new Map<
    string | null,
    { readonly user: WrittenAdministrator; readonly partition: string | null }
  >();
  for (const user of administrators) {
    const [region] = user.regions;
    if (region === undefined) {
      continue;
    }
    const partition = partitionOf(region.value);
    const profile = user.profile?.value ?? null;
    const before = users.get(profile);
    if (before === undefined) {
      users.set(profile, { user, partition });
    } else if (before.partition !== partition) {
      const credentials = profile === null ? 'the credentials of the process' : `the profile ${profile}`;
      report(
        user.profile?.line ?? region.line,
        `regions: ${region.value} is in the partition ${partition}, and ${nameOf(before.user)}, which shares ${credentials}, in ${before.partition}; give one of the two a profile of its own`,
      );
    }
  }
}

function nameOf({ id, line }: WrittenAdministrator): string {
  return `${id === null ? 'the administrator' : `administrator ${id.value}`} (line ${line})`;
}
