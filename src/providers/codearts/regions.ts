/** Where CodeArts Repo answers. Three naming families, so a template is not enough (Huawei's SDK, region table). */
import { TagError } from '../../core/errors.ts';
import { ours, told } from '../../core/told.ts';

const FAMILIES = {
  'codehub-ext': [
    'cn-north-1',
    'cn-north-4',
    'cn-east-2',
    'cn-east-3',
    'cn-south-1',
    'cn-south-2',
    'cn-southwest-2',
    'ap-southeast-3',
    'la-north-2',
    'sa-brazil-1',
  ],
  'codeartsrepo-ext': ['la-south-2', 'tr-west-1', 'eu-west-101'],
  repo: ['me-east-1', 'af-south-1', 'af-north-1'],
} as const;

const ADDRESSES: ReadonlyMap<string, string> = new Map(
  Object.entries(FAMILIES).flatMap(([prefix, regions]) =>
    regions.map((region): [string, string] => [region, `https://${prefix}.${region}.myhuaweicloud.com`]),
  ),
);

/** The API of a region. Throws `not_configured` naming those that are known. */
export function addressOf(region: string | undefined): string {
  const address = ADDRESSES.get(region ?? '');
  if (address) return address;
  const what = region === undefined ? 'CODEARTS_REGION is missing' : 'CODEARTS_REGION names no known region';
  throw new TagError(
    'not_configured',
    told`${ours(what)}; known: ${ours([...ADDRESSES.keys()].join(', '))}. For another one set CODEARTS_URL.`,
  );
}

/** IAM of a region, whether or not it is in the table. */
export const iamAddressOf = (region: string): string => `https://iam.${region}.myhuaweicloud.com`;
