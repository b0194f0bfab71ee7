import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeOf, failureOf } from '../../support/target.ts';
import { directory, repositoryWith, tagObject, toolsIn } from './workshop.ts';

describe('messages', () => {
  const kept = {
    'lines that begin with #': '# Release\n\n#1 fixed\n# end',
    CRLF: 'first\r\n\r\nsecond\r\n',
    'trailing empty lines': 'title\n\nbody\n\n\n',
    'spaces at the ends of lines': 'title  \n\n  body \t',
    'unicode of every plane': 'Größe 日本語 🏷 e\u0301 \u{10ffff}',
    'what looks like a header': 'tagger Eve <eve@example.com> 1 +0000\n\nobject 0',
    'format placeholders': '%(refname)%00%0a%n $HOME `id`',
    'as much as may be given': 'x'.repeat(32_768),
  };
  for (const [what, message] of Object.entries(kept))
    it(`are kept to the letter: ${what}`, async () => {
      const repository = repositoryWith();
      const provider = toolsIn(repository);
      await provider.create({ name: 'v1', ref: 'main', message });
      expect(repository.git('cat-file', 'tag', 'v1')).toContain(message.trimEnd());
      const { deleted, restore } = await provider.delete({ name: 'v1' });
      expect(deleted.message).toBe(message.length > 4_000 ? `${message.slice(0, 3_999)}…` : message);
      expect(restore.message).toBe(message.replaceAll('\r\n', '\n'));
    });

  it('are read as git tag wrote them', async () => {
    const repository = repositoryWith();
    repository.git('tag', '-m', 'title', '-m', 'body', 'v1');
    expect((await toolsIn(repository).get('v1')).tag).toMatchObject({ message: 'title\n\nbody', annotated: true, tagger: { name: 'Ada' } });
  });

  it.each([
    ['Release one\r\n\r\nSecond paragraph\r\n', 'Release one\n\nSecond paragraph'],
    ['one line\r\n', 'one line'],
    ['\r\n\r\nlate\r\n', 'late'],
    ['mixed\n\nlines\r\n', 'mixed\n\nlines'],
    ['no end', 'no end'],
  ])('with CRLF are read with LF, and nothing is said to be lost: %j', async (written, message) => {
    const repository = repositoryWith();
    repository.feed(written, 'tag', '--cleanup=verbatim', '-F', '-', 'v1');
    const deleted = await toolsIn(repository).delete({ name: 'v1' });
    expect(String(deleted.restore.message).trim()).toBe(message);
    expect(JSON.stringify(deleted)).not.toContain('\ufffd');
    expect(deleted).not.toHaveProperty('note');
  });

  it('may be empty, and stay so when the tag moves', async () => {
    const repository = repositoryWith(2);
    repository.git('tag', '-a', '-m', '', 'v1', 'main~1');
    const { tag } = await toolsIn(repository).create({ name: 'v1', ref: 'main', force: true });
    expect(tag).toMatchObject({ annotated: true, message: '' });
  });

  it('of a commit are not those of a lightweight tag', async () => {
    const repository = repositoryWith();
    repository.git('tag', 'v1');
    const { tag } = await toolsIn(repository).get('v1');
    expect(tag).toMatchObject({ annotated: false, commit: { title: 'commit 1' } });
    for (const absent of ['message', 'tagger', 'created_at', 'target_id']) expect(tag).not.toHaveProperty(absent);
  });

  it('come without their signature, of whatever kind', async () => {
    const repository = repositoryWith();
    for (const kind of ['PGP SIGNATURE', 'SSH SIGNATURE', 'SIGNED MESSAGE']) {
      const body = `title\n\nbody\n-----BEGIN ${kind}-----\n\nabc=\n-----END ${kind}-----\n`;
      repository.git('update-ref', 'refs/tags/signed', tagObject(repository, repository.git('rev-parse', 'main'), 'commit', body));
      const { tag } = await toolsIn(repository).get('signed');
      expect(tag).toMatchObject({ message: 'title\n\nbody', tagger: { name: 'Eve', email: 'eve@example.com' } });
      expect(tag.created_at).toBe('2026-01-01T01:00:00+01:00');
    }
  });

  it('that hold a NUL neither deceive nor are written', async () => {
    const repository = repositoryWith();
    const id = repository.git('rev-parse', 'main');
    repository.git('update-ref', 'refs/tags/a', tagObject(repository, id, 'commit', `shown\0\0\nb\0commit\0${'0'.repeat(40)}\0\n`));
    repository.git('tag', 'b');
    const { tags } = await toolsIn(repository).list({ order_by: 'name', format: 'detailed' });
    expect(tags).toMatchObject([
      { name: 'a', message: 'shown', commit_id: id },
      { name: 'b', commit_id: id },
    ]);
    expect(await codeOf(toolsIn(repository).create({ name: 'v1', ref: 'main', message: 'a\0b' }))).toBe('invalid_input');
    expect(repository.git('tag')).toBe('a\nb');
  });

  it('of old tags have no tagger, which is no obstacle', async () => {
    const repository = repositoryWith();
    const id = repository.git('rev-parse', 'main');
    const bare = repository.feed(
      `object ${id}\ntype commit\ntag old\n\nno tagger\n`,
      'hash-object',
      '-t',
      'tag',
      '-w',
      '--literally',
      '--stdin',
    );
    repository.git('update-ref', 'refs/tags/old', bare);
    const { tags } = await toolsIn(repository).list({ format: 'detailed' });
    expect(tags).toEqual([expect.objectContaining({ name: 'old', message: 'no tagger', annotated: true, commit_id: id })]);
    expect(tags[0]).not.toHaveProperty('created_at');
  });
});

describe('signing and identity', () => {
  it.each([
    ['tag.gpgSign', 'true', true],
    ['tag.gpgsign', 'yes', true],
    ['tag.forceSignAnnotated', '1', true],
    ['tag.gpgSign', 'false', false],
    ['tag.gpgSign', 'nonsense', false],
    ['commit.gpgSign', 'true', false],
  ])('%s = %s is not obeyed: nothing asks for a key, and that is told: %s', async (key, value, told) => {
    const repository = repositoryWith();
    for (const before of ['true', 'false', value]) repository.git('config', '--add', key, before);
    const tools = toolsIn(repository);
    expect(await tools.create({ name: 'light', ref: 'main' })).not.toHaveProperty('note');
    const { note } = await tools.create({ name: 'heavy', ref: 'main', message: 'm' });
    expect(note ?? '').toBe(told ? 'git is configured to sign tags; this one is not signed.' : '');
    expect(await tools.create({ name: 'heavy', ref: 'main' })).not.toHaveProperty('note');
    expect(repository.git('cat-file', '-t', 'light')).toBe('commit');
    expect(repository.git('cat-file', 'tag', 'heavy')).not.toContain('BEGIN');
  });

  it("the operator's wish for signatures is told as well", async () => {
    const settings = join(directory(), 'settings');
    const repository = repositoryWith();
    repository.git('config', '--file', settings, 'tag.gpgSign', 'true');
    const tools = toolsIn(repository, { env: { GIT_CONFIG_GLOBAL: settings } });
    expect((await tools.create({ name: 'v1', ref: 'main', message: 'm' })).note).toContain('not signed');
  });

  it('without an identity an annotation is not_configured, and nothing is written', async () => {
    const repository = repositoryWith();
    for (const key of ['user.name', 'user.email']) repository.git('config', '--unset', key);
    repository.git('config', 'user.useConfigOnly', 'true');
    const tools = toolsIn(repository, { env: { HOME: directory(), EMAIL: undefined } });
    const before = repository.git('count-objects');
    const error = await failureOf(tools.create({ name: 'v1', ref: 'main', message: 'm' }));
    expect(error).toMatchObject({ code: 'not_configured', hint: expect.stringContaining('user.email') });
    expect(error.message).not.toContain('auto-detection');
    expect(error.upstream?.text).toContain('auto-detection');
    expect(repository.git('count-objects')).toBe(before);
    expect((await tools.create({ name: 'v1', ref: 'main' })).outcome).toBe('created');
  });

  it("the operator's own settings give the identity", async () => {
    const repository = repositoryWith();
    for (const key of ['user.name', 'user.email']) repository.git('config', '--unset', key);
    const settings = join(directory(), 'settings');
    repository.git('config', '--file', settings, 'user.name', 'Operator');
    repository.git('config', '--file', settings, 'user.email', 'op@example.com');
    const tools = toolsIn(repository, { env: { GIT_CONFIG_GLOBAL: settings } });
    const { tag } = await tools.create({ name: 'v1', ref: 'main', message: 'm' });
    expect(tag.tagger).toEqual({ name: 'Operator', email: 'op@example.com' });
  });
});
