/** How a question is put: what it shows, what it cannot be made to show, and what an answer to it is bound to. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Tag } from '../../src/core/tag.ts';
import { clean } from '../../src/core/text.ts';
import type { Loss, Making } from '../../src/core/tool.ts';
import { type Facts, refuseChanged } from '../../src/mcp/asking.ts';
import { askingAbout, askingToMake } from '../../src/mcp/question.ts';

const [HERE, THERE] = ['741ecade0c2c11ee', '9f3c0c1be5d7a246'].map((id) => id.padEnd(40, '0')) as [string, string];
const ADDRESS = { provider: 'gitlab', repository: 'acme/app' };
const DEED = { tool: 'delete_tag', args: { name: 'v1.0.0' } };
const TAG: Tag = { name: 'v1.0.0', commit_id: HERE, message: 'Notes', created_at: '2026-01-02T03:04:05Z' };
const RELEASE = { name: 'GitLab Release', fate: 'goes with it' };
const asIs = (text: string) => text;

const asked = (loss: Partial<Loss> = {}, address = ADDRESS, redact = asIs) =>
  askingAbout({ action: 'delete', tag: TAG, force: false, release: RELEASE, ...loss }, address, DEED, redact);
const linesOf = (...asking: Parameters<typeof asked>) => asked(...asking).message.split('\n');
const made = (making: Partial<Making> = {}, redact = asIs) =>
  askingToMake({ name: 'v1.0.0', message: 'Notes', targets: [{ ...ADDRESS, commit_id: HERE }], ...making }, DEED, redact);

describe('a release', () => {
  it('is shown whole: its name where the first line has it shortened, its targets, and its message', () => {
    expect(made().message.split('\n')).toEqual([
      'Create release v1.0.0 in gitlab acme/app (741ecade0c2c…)?',
      `gitlab acme/app: ${HERE}`,
      'Message: Notes',
    ]);
    expect(made({ message: undefined }).message).not.toContain('Message');
    const name = `v${'1'.repeat(120)}`;
    const lines = made({ name }).message.split('\n');
    expect(lines[0]).toMatch(/^Create release "v1{5,}…1{5,}" in gitlab/);
    expect(lines[1]).toBe(`Tag: ${name}`);
  });
});

describe('the first line says it all', () => {
  it.each<[Partial<Loss>, string]>([
    [{}, 'Delete tag v1.0.0 (741ecade0c2c…) of gitlab acme/app?'],
    [{ tag: { ...TAG, release: {} } }, 'Delete tag v1.0.0 (741ecade0c2c…) of gitlab acme/app? Its GitLab Release goes with it.'],
    [{ tag: { name: 'v1.0.0', target_id: THERE } }, 'Delete tag v1.0.0 (9f3c0c1be5d7…) of gitlab acme/app?'],
    [{ tag: { name: 'v1.0.0' } }, 'Delete tag v1.0.0 of gitlab acme/app?'],
    [{ action: 'move', to: THERE }, 'Move tag v1.0.0 (741ecade0c2c…) of gitlab acme/app to 9f3c0c1be5d7…?'],
    [
      { action: 'move', to: THERE, message: 'New' },
      'Move tag v1.0.0 (741ecade0c2c…) of gitlab acme/app to 9f3c0c1be5d7…? Its message is replaced.',
    ],
    [{ action: 'move', to: HERE, message: 'New' }, 'Replace the message of tag v1.0.0 (741ecade0c2c…) of gitlab acme/app?'],
  ])('%j', (loss, line) => {
    expect(linesOf(loss)[0]).toBe(line);
  });

  it('of a release as well, with as many targets as there is room for', () => {
    const targets = Array.from({ length: 20 }, (_, index) => ({ provider: 'gitlab', repository: `acme/app-${index}`, commit_id: HERE }));
    expect(made().message.split('\n')[0]).toBe('Create release v1.0.0 in gitlab acme/app (741ecade0c2c…)?');
    const [first = '', ...details] = made({ targets }).message.split('\n');
    expect(first).toMatch(/^Create release v1\.0\.0 in gitlab acme\/app-0 \(741ecade0c2c…\), .* and \d+ more\?$/);
    expect(details.filter((line) => line.endsWith(HERE))).toHaveLength(20);
  });

  const long = [
    'v'.repeat(250),
    '"'.repeat(250),
    '漢'.repeat(120),
    'é/'.repeat(120),
    '\u{1f680}'.repeat(100),
    '\\'.repeat(250),
    ' '.repeat(200),
  ];
  it.each(long)('in at most 220 characters, whatever the names: %s', (text) => {
    const address = { provider: `gitlab-${'x'.repeat(80)}`, repository: text };
    const tag = { name: text, commit_id: 'f'.repeat(64), release: {} };
    const lines = [
      linesOf({ tag }, address)[0],
      linesOf({ tag, action: 'move', to: THERE.repeat(2), message: 'New' }, address)[0],
      linesOf({ tag, action: 'move', to: 'f'.repeat(64), message: 'New' }, address)[0],
      made({ name: text, targets: [1, 2, 3].map(() => ({ ...address, commit_id: HERE })) }).message.split('\n')[0],
    ];
    for (const line of lines) expect(line?.length).toBeLessThanOrEqual(220);
    expect(lines[0]).toMatch(/\(ffffffffffff…\) of .*gitlab-x.*\? Its GitLab Release goes with it\.$/);
  });

  it('of a long name its beginning and its end; the whole of it follows behind its label', () => {
    const name = `release/${'x'.repeat(100)}/final`;
    const [first, ...details] = linesOf({ tag: { ...TAG, name } });
    expect(first).toMatch(/^Delete tag "release\/x+…x+\/final" /);
    expect(details).toContain(`Tag: ${name}`);
    const [, beginning = '', end = ''] = /"(.+)…(.+)"/.exec(first ?? '') ?? [];
    expect(beginning.length + end.length).toBe(62 - '"…"'.length);
    expect(Math.abs(beginning.length - end.length)).toBeLessThanOrEqual(1);
  });

  it.each([
    ['x'.repeat(62), true],
    ['x'.repeat(63), false],
    [`a ${'x'.repeat(58)}`, true],
    [`a ${'x'.repeat(59)}`, false],
  ])('of a name as much as there is room for, with its quotes: %s', (name, isWhole) => {
    const lines = linesOf({ tag: { ...TAG, name } });
    expect(lines[0]?.includes(name)).toBe(isWhole);
  });

  it.each([
    ['741ecade0c2c', '741ecade0c2c'],
    ['741ecade0c2c1', '741ecade0c2c…'],
    ['a b c d e f g', '"a b c d e f "…'],
  ])('of the id %s no more than tells commits apart', (commit_id, shown) => {
    expect(linesOf({ tag: { name: 'v1', commit_id } })[0]).toBe(`Delete tag v1 (${shown}) of gitlab acme/app?`);
  });
});

describe('the details follow, a line a fact', () => {
  it('of a move: where it will stand, the new message and the old one', () => {
    expect(linesOf({ action: 'move', to: THERE, message: 'New\nnotes', force: true }).slice(1)).toEqual([
      `Stands at: ${HERE}`,
      `Will stand at: ${THERE}`,
      'Made: 2026-01-02T03:04:05Z',
      'New message: "New\\nnotes"',
      'Old message: Notes',
    ]);
  });
  it('of notes: those that come, and those that go', () => {
    const tag = { ...TAG, release: { description: 'Old\nones' } };
    expect(linesOf({ action: 'move', to: THERE, tag, release_notes: 'New' }).slice(-3)).toEqual([
      'Message: Notes',
      'New release notes: New',
      'Release notes: "Old\\nones"',
    ]);
    expect(made({ release_notes: 'New' }).message.split('\n').at(-1)).toBe('Release notes: New');
  });
  it('of a deletion: what does not come back', () => {
    expect(linesOf({ lost: 'Its signature' })).toContain('Does not come back: Its signature');
  });
  it('of a replaced message: not where it stands twice', () => {
    const { message, title } = asked({ action: 'move', to: HERE, message: 'New', force: true });
    expect(message).not.toMatch(/Will stand at|Force/);
    expect(title).toBe('Replace the message of v1.0.0');
  });
  it.each<[Partial<Loss>, boolean]>([
    [{ action: 'move', to: THERE }, false],
    [{ action: 'move', to: THERE, lost: 'its signature' }, false],
    [{ action: 'move', to: THERE, tag: { ...TAG, release: {} } }, true],
    [{ action: 'move', to: HERE, message: 'New', tag: { ...TAG, release: {} } }, true],
    [{ action: 'delete' }, false],
    [{ action: 'delete', lost: 'the tag (its name)' }, true],
    [{ action: 'delete', tag: { ...TAG, release: {} } }, true],
  ])('that it is forced, where more than the tag goes: %j %j', (loss, isTold) => {
    expect(linesOf({ ...loss, force: true }).includes('Force: yes')).toBe(isTold);
    expect(linesOf({ ...loss, force: false })).not.toContain('Force: yes');
  });
  it('a long message hides nothing: it comes last, and is cut', () => {
    const lines = linesOf({ tag: { ...TAG, message: 'x'.repeat(9_000), release: {} } });
    expect(lines.at(-1)).toMatch(/^Message: "x+…"$/);
    for (const line of lines) expect(line.length).toBeLessThan(1_100);
  });
  it('the thing to tick names the deed', () => {
    expect([asked().title, asked({ action: 'move', to: THERE }).title, made().title]).toEqual([
      'Delete v1.0.0',
      'Move v1.0.0',
      'Create v1.0.0',
    ]);
  });
});

describe('text of a stranger', () => {
  it.each(['v1.0.0 of lakefs prod? Yes (', 'v1"? Not "v2', 'a\nStands at: nowhere', 'a\u2028b', '\u202ev1', 'v1\u001b[2K', '“v1”', "v1' "])(
    'cannot rewrite the sentence: %j',
    (hostile) => {
      const tag = { name: hostile, commit_id: HERE, message: hostile, created_at: hostile };
      for (const { message, title } of [
        asked({ tag }, { provider: 'git', repository: hostile }),
        asked({ tag, action: 'move', to: THERE, message: hostile }, { provider: 'git', repository: hostile }),
        made({ name: hostile, message: hostile, targets: [{ provider: 'git', repository: hostile, commit_id: HERE }] }),
      ]) {
        const whole = JSON.stringify(clean(hostile));
        expect(message.split('\n')[0]).toContain(whole);
        expect(title).toContain(whole);
        // Nothing but quotes and words of ours are left.
        expect(message.replaceAll(/"(?:[^"\\]|\\.)*"/g, 'Q')).toMatch(
          /^(Delete|Move|Create) (tag|release) Q [\w()… ]+ Q( \(\w+…\)|( to \w+…)?)\?( Its message is replaced\.)?(\n(git Q|[A-Z][a-z ]+): [\w]+)*$/,
        );
      }
    },
  );

  it('forges no line and carries no unsafe character, whatever it is', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.string({ unit: fc.constantFrom('"', '\\', '\n', '?', ' ', 'a', '\u2028') }),
    );
    fc.assert(
      fc.property(text, text, text, text, (name, repository, message, id) => {
        const loss = { action: 'move', to: id, message, force: true, tag: { name, commit_id: id, message, created_at: id } } as const;
        const { message: question } = asked(loss, { provider: 'git', repository });
        const [first = '', ...details] = question.split('\n');
        expect(first.length).toBeLessThanOrEqual(220);
        expect(clean(question)).toBe(question);
        for (const line of details)
          expect(line).toMatch(/^(Tag|Repository|Stands at|Will stand at|Force|Made|New message|Old message): ([\w./@+:-]+|".*")$/);
      }),
    );
  });

  it('that holds a secret is redacted whole before it is cut, and blackens none of our words', () => {
    const secret = 'glpat-0123456789abcdef';
    const redact = (text: string) => text.replaceAll(secret, '[secret]').replaceAll('Delete', '[secret]').replaceAll('gitlab', '[secret]');
    for (let padding = 0; padding < 1_010; padding += 1) {
      const text = `${'x'.repeat(padding)}${secret}`;
      const { message, title } = asked(
        { tag: { name: text, commit_id: text, message: text } },
        { provider: 'gitlab', repository: text },
        redact,
      );
      expect(message).toMatch(/^Delete tag .* of gitlab /);
      for (const said of [message, title]) expect(said).not.toMatch(/glpat|abcdef/);
    }
  });
});

describe('an answer is bound', () => {
  it('to every argument of the deed, and to the repository', () => {
    const about = (args: object, address = ADDRESS, tool = 'create_tag') =>
      askingAbout({ action: 'move', tag: TAG, to: THERE, force: true }, address, { tool, args: { ...args } }, asIs).about;
    const all = [
      about({}),
      about({ message: 'a' }),
      about({ message: 'b' }),
      about({ force: true }),
      about({ ref: 'main' }),
      about({ expected_commit_id: HERE }),
      about({}, { ...ADDRESS, repository: 'acme/other' }),
      about({}, { ...ADDRESS, provider: 'gitlab-work' }),
      about({}, ADDRESS, 'delete_tag'),
    ];
    expect(new Set(all).size).toBe(all.length);
    expect(about({ message: undefined })).toBe(about({}));
  });

  const at = (over: Partial<Tag> = {}, to: string | undefined = undefined): Facts =>
    asked({ tag: { ...TAG, ...over }, ...(to && { to }) }).at;
  it.each<[string, Facts, RegExp]>([
    ['where it stands', at({ commit_id: THERE }), /: where it stands\. It stood at 741e\w+, and stands at 9f3c\w+ now\./],
    ['where it stands without a commit', at({ commit_id: undefined }), /: where it stands\. Nothing/],
    ['another annotation', at({ target_id: THERE }), /: the tag itself\. /],
    ['another tag of that name', at({ id: 'other' }), /: the tag itself\. /],
    ['an annotation where none was', at({ annotated: true }), /: the tag itself\. /],
    ['another date', at({ created_at: '2026-01-02T03:04:06Z' }), /: the tag itself\. /],
    ['another message', at({ message: 'Other' }), /: its message\. /],
    ['the end of a long message', at({ message: `${'x'.repeat(9_000)}!` }), /: its message\. /],
    ['no message', at({ message: undefined }), /: its message\. /],
    ['a Release', at({ release: {} }), /: its GitLab Release\. /],
    ['where it would stand', at({}, THERE), /: where it would stand\. /],
    ['two at once', at({ message: 'Other', release: {} }), /: its message, its GitLab Release\. /],
  ])('to all that was shown: %s', (_, now, told) => {
    expect(() => refuseChanged(at(), at())).not.toThrow();
    expect(() => refuseChanged(at(), now)).toThrow(told);
    expect(() => refuseChanged(now, at())).toThrow(expect.objectContaining({ code: 'changed' }));
  });
  it('to what would be created where', () => {
    const plan = (commit_id: string) => made({ targets: [{ ...ADDRESS, commit_id }] }).at;
    expect(() => refuseChanged(plan(HERE), plan(HERE))).not.toThrow();
    expect(() => refuseChanged(plan(HERE), plan(THERE))).toThrow(/what would be created, and where/);
    expect(() => refuseChanged(plan(HERE), made({ targets: [] }).at)).toThrow(expect.objectContaining({ code: 'changed' }));
  });
});
