/**
 * The regions of AWS by partition, as the SDK's endpoint rules list them. For another name of the same form, such as a
 * region that is newer than this list, the words decide.
 */
const REGIONS: Readonly<Record<string, readonly string[]>> = {
  aws: [
    ...[
      'us-east-1',
      'us-east-2',
      'us-west-1',
      'us-west-2',
      'ca-central-1',
      'ca-west-1',
      'mx-central-1',
      'sa-east-1',
    ],
    ...[
      'eu-west-1',
      'eu-west-2',
      'eu-west-3',
      'eu-central-1',
      'eu-central-2',
      'eu-north-1',
      'eu-south-1',
      'eu-south-2',
    ],
    ...[
      'ap-east-1',
      'ap-east-2',
      'ap-south-1',
      'ap-south-2',
      'ap-northeast-1',
      'ap-northeast-2',
      'ap-northeast-3',
    ],
    ...[
      'ap-southeast-1',
      'ap-southeast-2',
      'ap-southeast-3',
      'ap-southeast-4',
      'ap-southeast-5',
      'ap-southeast-6',
    ],
    ...['ap-southeast-7', 'af-south-1', 'il-central-1', 'me-central-1', 'me-south-1'],
  ],
  'aws-cn': ['cn-north-1', 'cn-northwest-1'],
  'aws-us-gov': ['us-gov-east-1', 'us-gov-west-1'],
  'aws-iso': ['us-iso-east-1', 'us-iso-west-1'],
  'aws-iso-b': ['us-isob-east-1', 'us-isob-west-1'],
  'aws-iso-e': ['eu-isoe-west-1'],
  'aws-iso-f': ['us-isof-east-1', 'us-isof-south-1'],
  'aws-eusc': ['eusc-de-east-1'],
};

/** All regions of the list. */
export const KNOWN_REGIONS: readonly string[] = Object.values(REGIONS).flat();

/** The partition by the words before the direction, such as `us-gov`. */
const PARTITIONS = new Map(
  Object.entries(REGIONS).flatMap(([partition, regions]) =>
    regions.map((region): [string, string] => [region.split('-').slice(0, -2).join('-'), partition]),
  ),
);

const FORM = /^(?<place>[a-z]+(?:-[a-z]+)?)-(?:central|(?:north|south)(?:east|west)?|east|west)-[1-9]$/;

/** The partition of a region, such as `aws-cn`; null when the name cannot be a region of AWS. */
export function partitionOf(region: string): string | null {
  return PARTITIONS.get(FORM.exec(region)?.groups?.['place'] ?? '') ?? null;
}
