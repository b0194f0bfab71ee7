/** Slips in what bounds the server restrict, and are told. */
import { describe, expect, it } from 'vitest';
import { openPlace } from './place.ts';

const read = (env: Record<string, string>) => openPlace().read(env);
const told = (text: string) => expect.stringContaining(text);

describe('a name that is not known', () => {
  it.each([
    ['TAGWRIGHT_READONLY', 'TAGWRIGHT_READ_ONLY'],
    ['TAGWRIGHT_READ', 'TAGWRIGHT_READ_ONLY'],
    ['Tagwright_Read_Only', 'TAGWRIGHT_READ_ONLY'],
    ['tagwright_read_only', 'TAGWRIGHT_READ_ONLY'],
    ['TAGWRIGHT-READ-ONLY', 'TAGWRIGHT_READ_ONLY'],
    ['TAG_WRIGHT_READ_ONLY', 'TAGWRIGHT_READ_ONLY'],
    ['TAGWRITE_READ_ONLY', 'TAGWRIGHT_READ_ONLY'],
    ['TAGWRIGHT__READ_ONLY', 'TAGWRIGHT_READ_ONLY'],
    ['TAGWRIGHT_READ_ONLY__WORK', 'TAGWRIGHT_READ_ONLY'],
    ['TAGWRIGHT_REPOSITORY', 'TAGWRIGHT_REPOSITORIES'],
    ['TAGWRIGHT_REPOS', 'TAGWRIGHT_REPOSITORIES'],
    ['TAGWRIGHT_PROTECTED_TAG', 'TAGWRIGHT_PROTECTED_TAGS'],
    ['TAGWRIGHT_PROTECTED', 'TAGWRIGHT_PROTECTED_TAGS'],
    ['TAGWRIGHT_PROTECT_TAGS', 'TAGWRIGHT_PROTECTED_TAGS'],
    ['TAGWRIGHT_CONFIRMATION', 'TAGWRIGHT_CONFIRM'],
    ['TAGWRIGHT_PROVIDER', 'TAGWRIGHT_PROVIDERS'],
    ['TAGWRIGHT_AUDIT', 'TAGWRIGHT_AUDIT_LOG'],
    ['TAGWRIGHT_AUDITLOG', 'TAGWRIGHT_AUDIT_LOG'],
    ['TAGWRIGHT_ALLOW', undefined],
    ['TAGWRIGHT_ALLOWED_REPOS', undefined],
    ['TAGWRIGHT_DRY_RUN', undefined],
    ['TAGWRIGHT_NO_WRITES', undefined],
    ['TAGWRIGHT_SAFE_MODE', undefined],
    ['TAGWRIGHT_SANDBOXED', undefined],
    ['TAGWRIGHTREADONLY', 'TAGWRIGHT_READ_ONLY'],
    ['TAGWRIGHT_NO_DELETE', undefined],
    ['TAGWRIGHT_IMMUTABLE_TAGS', undefined],
    ['TAGWRIGHT_WHITELIST', undefined],
    ['TAGWRIGHT_SCOPE', undefined],
    ['TAGWRIGHT_MODE', undefined],
    ['TAGWRIGHT_RO', undefined],
    ['TAGWRIGHT_REQUIRE_HUMAN', undefined],
    ['TAGWRIGHT_LOG_FILE', undefined],
    ['TAGWRIGHT', undefined],
    ['TAGWRIGHT__READONLY', undefined],
    ['TAGWRIGHT_GIT_READ_ONLY', undefined],
    ['TAGWRIGHT_HTTP_NO_WRITE', undefined],
    ['TAGRIGHT_READ_ONLY', 'TAGWRIGHT_READ_ONLY'],
    ['TGWRIGHT_READ_ONLY', 'TAGWRIGHT_READ_ONLY'],
    ['TAGWIRGHT_READ_ONLY', 'TAGWRIGHT_READ_ONLY'],
    ['TAGRWIGHT_READ_ONLY', 'TAGWRIGHT_READ_ONLY'],
    ['TAGWWRIGHT_READ_ONLY', 'TAGWRIGHT_READ_ONLY'],
    ['TAGWRIGH_READ_ONLY', 'TAGWRIGHT_READ_ONLY'],
    ['tagwrigth_read_only', 'TAGWRIGHT_READ_ONLY'],
    ['TAGWRIGHTS_READ_ONLY', undefined],
    ['MCP_TAGWRIGHT_READ_ONLY', 'TAGWRIGHT_READ_ONLY'],
    ['MCP__TAGWRIGHTREADONLY', 'TAGWRIGHT_READ_ONLY'],
    ['MCP-TAGRIGHT-CONFIRM', 'TAGWRIGHT_CONFIRM'],
    [' TAGWRIGHT_READ_ONLY', 'TAGWRIGHT_READ_ONLY'],
    ['TAGWRIGHT_READ_ONLY ', 'TAGWRIGHT_READ_ONLY'],
    ['\ufeffTAGWRIGHT_CONFIRM', 'TAGWRIGHT_CONFIRM'],
    ['export TAGWRIGHT_READ_ONLY', 'TAGWRIGHT_READ_ONLY'],
    ['READ_ONLY_TAGWRIGHT', 'TAGWRIGHT_READ_ONLY'],
  ])('%s: the server only reads', async (name, meant) => {
    const { settings, mayWrite, problems } = await read({ [name]: 'false' });
    expect([settings.TAGWRIGHT_READ_ONLY, mayWrite]).toEqual([true, false]);
    expect(problems).toEqual([told(`${name} is not known here.`)]);
    expect(problems[0]).toContain('It looks like a restriction: the server only reads until it is mended.');
    if (meant) expect(problems[0]).toContain(`Did you mean ${meant}?`);
  });

  it.each([
    ['TAGWRIGHT_TIMEOUT', 'TAGWRIGHT_TIMEOUT_MS'],
    ['TAGWRIGHT_LOGLEVEL', 'TAGWRIGHT_LOG_LEVEL'],
    ['TAGWRIGHT_ALLOW_HTTPS', 'TAGWRIGHT_ALLOW_HTTP'],
    ['TAGWRIGHT_DEFAULT_PROVIDERS', 'TAGWRIGHT_DEFAULT_PROVIDER'],
    ['TAGWRIGHT_ACME_ROOT', 'TAGWRIGHT_ACME_ROOTS'],
    ['TAGWRIGHT_LOG_LEVL', 'TAGWRIGHT_LOG_LEVEL'],
    ['TAGWRIGHT_DEFAULT_PROVIDR', 'TAGWRIGHT_DEFAULT_PROVIDER'],
    ['TAGWRIGHT_JOURNL', 'TAGWRIGHT_JOURNAL'],
    ['MCP_TAGWRIGHT_LOG_LEVEL', 'TAGWRIGHT_LOG_LEVEL'],
    [' TAGWRIGHT_JOURNAL', 'TAGWRIGHT_JOURNAL'],
    ['TAGWRIGHT_HTTP_TOKENS', undefined],
    ['TAGWRIGHT_GIT_REMOTES', undefined],
    ['TAGWRIGHT_PORT_8080_TCP', undefined],
    ['TAGWRIGHT_SERVICE_HOST', undefined],
  ])('%s is told, and bounds nothing', async (name, meant) => {
    const { mayWrite, problems } = await read({ [name]: 'x' });
    expect([mayWrite, problems]).toEqual([true, [`${name} is not known here.${meant ? ` Did you mean ${meant}?` : ''}`]]);
  });

  it.each([
    { TAGWRIGHT_READONLY: '' },
    { TAGWRIGHT_READONLY: ' ' },
    { TAGWRIGHT_ACME_ROOTS__WORK: '/' },
    { TAGGING_READONLY: '1' },
    { READ_ONLY: '1' },
    { npm_package_bin_tagwright: 'dist/tagwright.js', npm_config_tagwright_read_only: '1' },
    { TAGWRIGHT_TEST_NODE: '/opt/node', TAGWRIGHT_TEST_GIT: '/opt/git', TAGWRIGHT_FUZZ: '1', TAGWRIGHT_LIVE_GITLAB: '1' },
    { PLAYWRIGHT_BROWSERS_PATH: '0', PLAYWRIGHT_READ_ONLY: '1', COPYRIGHT: 'x', CARTWRIGHT_READ_ONLY: '1' },
    { GITHUB_TOKEN_TAGWRIGHT: 'x', ACME_PROJECT__TAGWRIGHT: 'x', 'BASH_FUNC_tagwright%%': '() { :; }', TAG_WIDTH: '1', TAG_WEB: '1' },
    { VSCODE_CWD: '/src/tagwright', PWD: '/src/tagwright' },
  ])('%j is nothing', async (env) => {
    expect(await read(env)).toMatchObject({ mayWrite: true, problems: [] });
  });

  it('bounds what stands unfilled, too', async () => {
    expect((await read({ TAGWRIGHT_READONLY: `\${RO}` })).mayWrite).toBe(false);
  });
});

describe('a placeholder that nobody filled in', () => {
  const PLACEHOLDERS = [
    `\${RO}`,
    `\${RO:-}`,
    `\${env:RO}`,
    `\${input:ro}`,
    `\${user_config.ro}`,
    '{env:RO}',
    '$RO',
    '$(RO)',
    '$env:RO',
    '%RO%',
    '{{ ro }}',
    '#{ro}#',
    ` \${RO}\n`,
  ];
  it.each(PLACEHOLDERS)('%j is the strictest of every bound, and told', async (placeholder) => {
    const names = ['TAGWRIGHT_READ_ONLY', 'TAGWRIGHT_REPOSITORIES', 'TAGWRIGHT_PROTECTED_TAGS', 'TAGWRIGHT_CONFIRM'];
    const { settings, mayWrite, problems } = await read(Object.fromEntries(names.map((name) => [name, placeholder])));
    expect(settings).toMatchObject({
      TAGWRIGHT_READ_ONLY: true,
      TAGWRIGHT_REPOSITORIES: [],
      TAGWRIGHT_PROTECTED_TAGS: ['*'],
      TAGWRIGHT_CONFIRM: 'always',
    });
    expect(mayWrite).toBe(false);
    for (const name of names)
      expect(problems).toContainEqual(told(`${name} is the placeholder ${JSON.stringify(placeholder)}, which nobody filled in: `));
  });
  it.each([...PLACEHOLDERS, 'undefined', 'null', 'None', 'ToDo', 'changeme', '__LOG__', '@LOG@', '@@LOG@@'])(
    '%j for the log of writes: nothing is written',
    async (value) => {
      const { mayWrite, problems } = await read({ TAGWRIGHT_AUDIT_LOG: value });
      expect([mayWrite, problems]).toEqual([false, [told('TAGWRIGHT_AUDIT_LOG is the placeholder')]]);
      expect(problems[0]).toContain('which nobody filled in: only reading tools are offered.');
    },
  );
  it.each(PLACEHOLDERS)('%j for the systems is none', async (value) => {
    const { enabled, problems } = await read({ ACME_TOKEN: 'token-1', TAGWRIGHT_PROVIDERS: value });
    expect(enabled).toEqual([]);
    expect(problems).toContainEqual(told('which nobody filled in: no system is used.'));
  });
  it.each(['TAGWRIGHT_ACME_ROOTS', 'TAGWRIGHT_ACME_ROOTS__WORK'])('for %s is told, and counts as unset', async (name) => {
    const { mayWrite, problems } = await read({ [name]: `\${workspaceFolder}` });
    expect([mayWrite, problems]).toEqual([
      true,
      [`${name} is the placeholder "\${workspaceFolder}", which nobody filled in: it counts as unset.`],
    ]);
  });
  it.each(['undefined', 'null', 'None', '__X__', '@X@', '@@X@@', '[X]', 'ToDo', 'changeme'])(
    '%j, as a template leaves it, is the strictest of every bound, and told',
    async (value) => {
      const names = ['TAGWRIGHT_READ_ONLY', 'TAGWRIGHT_REPOSITORIES', 'TAGWRIGHT_PROTECTED_TAGS', 'TAGWRIGHT_CONFIRM'];
      const { settings, mayWrite, problems } = await read(Object.fromEntries(names.map((name) => [name, value])));
      expect(settings).toMatchObject({ TAGWRIGHT_READ_ONLY: true, TAGWRIGHT_PROTECTED_TAGS: ['*'], TAGWRIGHT_CONFIRM: 'always' });
      expect(mayWrite).toBe(false);
      for (const name of names) expect(problems).toContainEqual(told(name));
      expect(problems).toContainEqual(told(`TAGWRIGHT_REPOSITORIES: ${value} allows nothing.`));
    },
  );
  it.each(PLACEHOLDERS)('%j is unset elsewhere', async (placeholder) => {
    const { enabled, problems } = await read({ ACME_TOKEN: placeholder, ACME_URL: placeholder, TAGWRIGHT_TIMEOUT_MS: placeholder });
    expect([enabled, problems]).toEqual([[], []]);
  });
  it.each(['$ecret1', '$2a$10$abc', '%41%42', 'pa$WORD', '${', '{env}', '{"a":1}'])('%j is none', async (value) => {
    const place = openPlace();
    await place.read({ ACME_TOKEN: value });
    expect(place.connected[0]).toEqual({ ACME_TOKEN: value });
  });
});

describe('a pattern that protects nothing', () => {
  it.each([
    ['refs/tags/v*', '*'],
    ['acme:refs/tags/v*', 'acme:*'],
    ['"v*"', '*'],
    ['v*;release-*', '*'],
    ['^v', '*'],
    ['acme:^v', 'acme:*'],
    ['$PATTERN*', '*'],
  ])('%j protects everything: %s', async (entry, meant) => {
    const { settings, problems } = await read({ TAGWRIGHT_PROTECTED_TAGS: entry });
    expect(settings.TAGWRIGHT_PROTECTED_TAGS).toEqual([meant]);
    expect(problems).toEqual([told(`TAGWRIGHT_PROTECTED_TAGS: ${entry} would protect nothing (`)]);
  });
  it.each(['v*:git', 'v*:acme', 'acm:v*', 'https://acme:v*', ':v*', 'v*:', 'glob:v*', 'acme,v*:x', 'ACME:v*'])(
    '%j names no system, and protects every tag of every system',
    async (entry) => {
      const { settings, problems } = await read({ TAGWRIGHT_PROTECTED_TAGS: entry });
      expect(settings.TAGWRIGHT_PROTECTED_TAGS).toContain('*');
      expect(problems.join('\n')).toContain('protects every tag of every system.');
    },
  );
  it('is none where its system is known, though it is not set up', async () => {
    expect(await read({ TAGWRIGHT_PROTECTED_TAGS: 'bolt: v*, acme:x' })).toMatchObject({
      settings: { TAGWRIGHT_PROTECTED_TAGS: ['bolt: v*', 'acme:x'] },
      problems: [],
    });
  });
  it('leaves the others as they are', async () => {
    const { settings, problems } = await read({ TAGWRIGHT_PROTECTED_TAGS: 'v*, acme:tags/x*, rc-{1,2}*' });
    expect(settings.TAGWRIGHT_PROTECTED_TAGS).toEqual(['v*', 'acme:*', 'rc-{1,2}*']);
    expect(problems).toHaveLength(1);
  });
});

describe('a list that holds nothing', () => {
  it.each([',', ' , ', ',,'])('%j allows nothing, and protects all', async (list) => {
    const { settings, enabled, problems } = await read({
      ACME_TOKEN: 'token-1',
      TAGWRIGHT_PROVIDERS: list,
      TAGWRIGHT_REPOSITORIES: list,
      TAGWRIGHT_PROTECTED_TAGS: list,
    });
    expect(settings).toMatchObject({ TAGWRIGHT_PROVIDERS: [], TAGWRIGHT_REPOSITORIES: [], TAGWRIGHT_PROTECTED_TAGS: ['*'] });
    expect(enabled).toEqual([]);
    expect(problems).toEqual([
      'TAGWRIGHT_PROTECTED_TAGS holds no pattern: every tag is protected.',
      'TAGWRIGHT_PROVIDERS names no system.',
      'TAGWRIGHT_REPOSITORIES allows nothing.',
    ]);
  });
});

describe('a value in quotes, or another that is not clear', () => {
  it.each(['"true"', "'false'", 'flase', 'nope', '2'])('TAGWRIGHT_READ_ONLY=%s only reads, and is told', async (value) => {
    expect(await read({ TAGWRIGHT_READ_ONLY: value })).toMatchObject({
      mayWrite: false,
      problems: ['TAGWRIGHT_READ_ONLY is neither yes nor no: the server only reads.'],
    });
  });
  it.each(['true', 'YES', '1', 'on', ' true\n'])('TAGWRIGHT_READ_ONLY=%j is clear', async (value) => {
    expect(await read({ TAGWRIGHT_READ_ONLY: value })).toMatchObject({ mayWrite: false, problems: [] });
  });
  it.each([
    ['TAGWRIGHT_CONFIRM', '"never"', 'TAGWRIGHT_CONFIRM is taken for always'],
    ['TAGWRIGHT_REPOSITORIES', '"acme:x/*"', 'TAGWRIGHT_REPOSITORIES: "acme:x/*" allows nothing'],
    ['TAGWRIGHT_REPOSITORIES', 'acme:"x/*"', 'TAGWRIGHT_REPOSITORIES: acme:"x/*" allows nothing'],
    ['TAGWRIGHT_REPOSITORIES', 'acme:x/*;bolt:y', 'TAGWRIGHT_REPOSITORIES: acme:x/*;bolt:y allows nothing'],
    ['TAGWRIGHT_REPOSITORIES', 'acme:!x', 'TAGWRIGHT_REPOSITORIES: acme:!x allows nothing'],
    ['TAGWRIGHT_PROVIDERS', '"acme"', '"acme" is named in the settings but not configured'],
    ['TAGWRIGHT_PROVIDERS', 'acme;bolt', 'acme;bolt is named in the settings but not configured'],
    ['TAGWRIGHT_AUDIT_LOG', '"/nonexistent/log"', 'TAGWRIGHT_AUDIT_LOG cannot be written'],
    ['TAGWRIGHT_AUDIT_LOG', '/dev/stdout', 'TAGWRIGHT_AUDIT_LOG cannot be written (it is no regular file)'],
    ['TAGWRIGHT_AUDIT_LOG', '/', 'TAGWRIGHT_AUDIT_LOG cannot be written (it is no regular file)'],
    ['TAGWRIGHT_TIMEOUT_MS', '"5000"', 'TAGWRIGHT_TIMEOUT_MS is ignored'],
  ])('%s=%s is told', async (name, value, problem) => {
    expect((await read({ [name]: value })).problems.join('\n')).toContain(problem);
  });
});
