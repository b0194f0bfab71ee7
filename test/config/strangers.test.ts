import { describe, expect, it } from 'vitest';
import { Settings } from '../../src/config/settings.ts';
import { strangersAmong } from '../../src/config/strangers.ts';
import { vocabularyOf } from '../../src/config/vocabulary.ts';
import type { ProviderDefinition } from '../../src/core/provider.ts';
import { variablesOf } from '../../src/core/variable.ts';
import * as providers from '../../src/providers/index.ts';

const systems = Object.values<ProviderDefinition>(providers);
const among = (names: string[], from = 'environment') =>
  strangersAmong(
    names.map((name) => ({ name, from })),
    vocabularyOf(systems),
  );

describe('variables that were probably meant for us', () => {
  it.each([
    ['GITLAB_BASE_URL', 'GITLAB_URL'],
    ['GITLAB_TOKN', 'GITLAB_TOKEN'],
    ['GITLAB_PRIVATE_TOKEN', 'GITLAB_TOKEN'],
    ['GITLAB_ACCESS_TOKEN', 'GITLAB_PERSONAL_ACCESS_TOKEN'],
    ['GITLAB_KEY', 'GITLAB_TOKEN'],
    ['GITLAB_ENDPOINT', 'GITLAB_URL'],
    ['GITLAB_PROJECT_ID', 'GITLAB_PROJECT'],
    ['GITLAB_PROJECT_PATH', 'GITLAB_PROJECT'],
    ['GITLAB_REPO', 'GITLAB_PROJECT'],
    ['gitlab_token', 'GITLAB_TOKEN'],
    ['LAKEFS_ENDPOINT', 'LAKECTL_SERVER_ENDPOINT_URL'],
    ['LAKEFS_HOST', 'LAKECTL_SERVER_ENDPOINT_URL'],
    ['LAKECTL_SERVER_ENDPOINT', 'LAKECTL_SERVER_ENDPOINT_URL'],
    ['LAKEFS_ACCESS_KEY_ID', 'LAKECTL_CREDENTIALS_ACCESS_KEY_ID'],
    ['LAKEFS_SECRET_ACCESS_KEY', 'LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY'],
    ['LAKEFS_REPO', 'LAKEFS_REPOSITORY'],
    ['CODEARTS_AK', 'HUAWEICLOUD_SDK_AK'],
    ['CODEARTS_SK', 'HUAWEICLOUD_SDK_SK'],
    ['HUAWEICLOUD_REGION', 'CODEARTS_REGION'],
    ['CODEARTS_PROJECT', 'CODEARTS_REPOSITORY'],
    ['VERS_TOKEN', 'VERS_API_KEY'],
    ['VERS_API_TOKEN', 'VERS_API_KEY'],
    ['VERS_ENDPOINT', 'VERS_URL'],
    ['TAGWRIGHT_READONLY', 'TAGWRIGHT_READ_ONLY'],
    ['TAGWRIGHT_TIMEOUT', 'TAGWRIGHT_TIMEOUT_MS'],
    ['TAGWRIGHT_GIT_ROOT', 'TAGWRIGHT_GIT_ROOTS'],
    ['TAGWRIGHT_AUDIT', 'TAGWRIGHT_AUDIT_LOG'],
    ['TAGWRIGHT_PROTECTED', 'TAGWRIGHT_PROTECTED_TAGS'],
    ['GITLAB_BASE_URL__WORK', 'GITLAB_URL__WORK'],
    ['TAGWRIGHT_READ_ONLY__WORK', 'TAGWRIGHT_READ_ONLY'],
  ])('%s: did you mean %s?', (name, did_you_mean) => {
    expect(among([name])).toEqual([{ name, source: 'environment', why: 'is not known here', did_you_mean }]);
  });

  it('ours are told even where nothing is near: nobody knows what they were to restrict', () => {
    expect(among(['TAGWRIGHT_SANDBOXED'])).toEqual([{ name: 'TAGWRIGHT_SANDBOXED', source: 'environment', why: 'is not known here' }]);
  });
  it('are not told where the right one is set as well', () => {
    expect(among(['GITLAB_TOKEN', 'GITLAB_PRIVATE_TOKEN'])).toEqual([]);
    expect(among(['TAGWRIGHT_READ_ONLY', 'TAGWRIGHT_READONLY'])).toHaveLength(1);
  });
  it('those of ours in .env that are known are told elsewhere, as what steers this server', () => {
    expect(among(['TAGWRIGHT_READ_ONLY', 'TAGWRIGHT_GIT_ROOTS', 'GITLAB_TOKEN'], '.env')).toEqual([]);
  });
  it.each(['TAGWRIGHT_READONLY', 'TAGWRIGHT_GIT_ROOT', 'TAGWRIGHT_READ_ONLY__WORK', 'TAGWRIGHT_SANDBOXED', 'tagwright_read_only'])(
    '%s in .env is told that another spelling would not be taken either',
    (name) => {
      expect(among([name], '.env')).toEqual([
        { name, source: '.env', why: 'is not known here, and nothing that begins with TAGWRIGHT_ is taken from .env' },
      ]);
    },
  );
});

describe('variables that are none of our business', () => {
  it.each([
    'GITLAB_CI',
    'GITLAB_FEATURES',
    'GITLAB_USER_ID',
    'GITLAB_USER_LOGIN',
    'GITLAB_USER_EMAIL',
    'GITLAB_USER_NAME',
    'GITHUB_TOKEN',
    'CI',
    'CI_PROJECT_URL',
    'CI_SERVER_HOST',
    'CI_REGISTRY_PASSWORD',
    'LAKEFS_DATABASE_TYPE',
    'LAKEFS_BLOCKSTORE_S3_CREDENTIALS_ACCESS_KEY_ID',
    'LAKEFS_AUTH_ENCRYPT_SECRET_KEY',
    'LAKECTL_SERVER_RETRIES_ENABLED',
    'LAKECTL_CREDENTIALS_PROVIDER_TYPE',
    'LAKECTL_CONFIG_FILE',
    'HUAWEICLOUD_SDK_PROJECT_ID',
    'VERS_ORG',
    'TAGWRIGHT_TEST_NODE',
    'TAGWRIGHT_TEST_GIT',
    'TAGWRIGHT_LIVE_LAKEFS_STORAGE',
    'TAGWRIGHT_FUZZ',
    'npm_package_bin_tagwright',
    'VERSION',
    'HOME',
    'PATH',
    '_',
  ])('%s', (name) => {
    expect(among([name])).toEqual([]);
  });
  it('and all that are known, as instances too', () => {
    const known = systems.flatMap(({ env }) => variablesOf(env).map(([name]) => name));
    expect(among([...known, ...known.map((name) => `${name}__WORK`), ...variablesOf(Settings).map(([name]) => name)])).toEqual([]);
  });
});
