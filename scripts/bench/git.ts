import { alternate, median, type Row, run, spread } from './measure.ts';
import { openSession } from './session.ts';

const FORMAT = '--format=%(refname:strip=2)%00%(objectname)%00%(creatordate:iso-strict)';

/** So many tags over 1 000 commits, packed. */
async function makeTags(cwd: string, count: number): Promise<void> {
  const git = (args: string[], input = '') => run('git', args, cwd, input);
  await git(['init', '-q', '-b', 'main']);
  const commits = Array.from(
    { length: 1_000 },
    (_, index) => `commit refs/heads/main\ncommitter Ada <ada@example.com> ${1_700_000_000 + index * 60} +0000\ndata 1\nx\n`,
  );
  await git(['fast-import', '--quiet'], commits.join(''));
  const ids = (await git(['rev-list', 'main'])).trim().split('\n');
  const lines = Array.from(
    { length: count },
    (_, index) => `create refs/tags/v${Math.floor(index / 100)}.${index % 100} ${ids[index % ids.length]}\n`,
  );
  await git(['update-ref', '--stdin'], lines.join(''));
  await git(['pack-refs', '--all']);
}

/** On one line, with a merge now and then; v1.0.0 is the first of them. */
async function makeCommits(cwd: string, count: number): Promise<void> {
  await run('git', ['init', '-q', '-b', 'main'], cwd);
  const commits = Array.from({ length: count + 1 }, (_, index) => {
    const message = `fix: number ${index}`;
    const parents = [...(index > 0 ? [`from :${index}`] : []), ...(index % 100 === 99 ? [`merge :${index - 50}`] : [])];
    const committer = `committer Ada <ada@example.com> ${1_600_000_000 + index * 60} +0000`;
    return ['commit refs/heads/main', `mark :${index + 1}`, committer, `data ${message.length}`, message, ...parents, ''].join('\n');
  });
  await run('git', ['fast-import', '--quiet'], cwd, `${commits.join('\n')}\nreset refs/tags/v1.0.0\nfrom :1\n`);
}

/** What lies between two commits, beside git counting them. */
export async function manyCommits(server: string, cwd: string, count: number, rounds: number): Promise<Row[]> {
  await makeCommits(cwd, count);
  const session = await openSession(server, cwd);
  const bare = () => run('git', ['rev-list', '--count', 'v1.0.0..main'], cwd);
  const rows: Row[] = [];
  for (const [figure, args, atMost] of [
    ['between two refs', { head: 'main', base: 'v1.0.0' }, 1.2],
    ['since the highest version', {}, undefined],
  ] as const) {
    const { ours, git } = await alternate(rounds, { ours: () => session.call('compare_tags', args), git: bare });
    rows.push({
      figure: `${count.toLocaleString('en')} git commits: ${figure}`,
      value: median(ours) / median(git),
      unit: '×',
      ours: spread(ours),
      beside: `${spread(git)}: bare git rev-list --count`,
      // Of few commits, what starting git takes is most of it.
      ...(atMost && count >= 100_000 && { budget: { atMost } }),
    });
  }
  await session.close();
  return rows;
}

/** The newest 20 of many tags, and other pages, beside the one git command that a person would type. */
export async function manyTags(server: string, cwd: string, count: number, rounds: number): Promise<Row[]> {
  await makeTags(cwd, count);
  const session = await openSession(server, cwd);
  const list = async (args: Record<string, unknown>) =>
    (await session.call('list_tags', args)).structuredContent as { next_cursor?: string };
  const bare = (sort: string, more: string, pattern = 'refs/tags') =>
    run('git', ['for-each-ref', `--sort=${sort}`, FORMAT, more, pattern], cwd);
  let middle = '';
  for (let page = 0; page < count / 200; page += 1)
    middle = (await list({ order_by: 'name', limit: 100, ...(middle && { cursor: middle }) })).next_cursor ?? '';

  const cases: [figure: string, args: Record<string, unknown>, command: () => Promise<string>, budget?: number][] = [
    ['newest 20', { order_by: 'updated' }, () => bare('-creatordate', '--count=20'), 1.3],
    ['first 20 by name', { order_by: 'name' }, () => bare('refname', '--count=20')],
    ['last 20 by version', { order_by: 'version' }, () => bare('-version:refname', '--count=20')],
    [
      'a page of 100 in the middle, by name',
      { order_by: 'name', limit: 100, cursor: middle },
      () => bare('refname', `--count=${count / 2 + 100}`),
    ],
    ['search for a substring', { search: '99.9', order_by: 'name' }, () => bare('refname', '--count=20', 'refs/tags/*99.9*')],
  ];
  const rows: Row[] = [];
  for (const [figure, args, command, budget] of cases) {
    const { ours, git } = await alternate(rounds, { ours: () => list(args), git: command });
    rows.push({
      figure: `${count.toLocaleString('en')} git tags: ${figure}`,
      value: median(ours) / median(git),
      unit: '×',
      ours: spread(ours),
      beside: `${spread(git)}: bare git`,
      ...(budget && { budget: { atMost: budget } }),
    });
  }
  await session.close();
  return rows;
}
