import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { holds, median, type Row, spread } from '../scripts/bench/measure.ts';
import { asText } from '../scripts/bench/table.ts';

const row = (value: number, budget?: Row['budget']): Row => ({ figure: 'a figure', value, unit: '×', ...(budget && { budget }) });

describe('a budget', () => {
  it.each([
    [2, { atMost: 2 }, true],
    [2.001, { atMost: 2 }, false],
    [0.6, { atLeast: 0.6 }, true],
    [0.599, { atLeast: 0.6 }, false],
    [Number.NaN, { atMost: 2 }, false],
    [9, undefined, true],
  ])('%d within %j: %s', (value, budget, expected) => {
    expect(holds(row(value, budget))).toBe(expected);
  });
  it('that is not met is said in the table', () => {
    expect(asText([row(2, { atMost: 2 })])).toMatch(/≤ 2 +holds/);
    expect(asText([row(2.1, { atMost: 2 })])).toMatch(/≤ 2 +NOT MET/);
    expect(asText([row(0.5, { atLeast: 0.6 })])).toMatch(/≥ 0.6 +NOT MET/);
  });
  it('has a verdict in docs/performance.md, in a run that says its date, machine and command', () => {
    const page = readFileSync(new URL('../docs/performance.md', import.meta.url), 'utf8');
    expect(page).toMatch(/^`npm run bench -- --write` on \d{4}-\d\d-\d\d: Node v\d+.*GiB\.$/m);
    const verdicts = [...page.matchAll(/^\| (.+?) \|.*\| (?:≤|≥) [\d.]+ \| (?:holds|NOT MET) \|/gm)].map(([, figure]) => figure);
    expect(verdicts).toEqual([
      'spawn to tools/list, in the environment of this shell',
      'spawn to tools/list, in a small environment',
      'the four tag tools as a model reads them',
      'tools/list, all 6 tools',
      'one listed tag, concise',
      '99 listed tags, concise',
      ...['get_tag', 'list_tags', 'create_tag', 'delete_tag'].map((tool) => `${tool}, requests upstream`),
      'packages that an installation brings',
      'get_tag, times a direct request, answer after 0 ms',
      'get_tag, share of direct throughput at 64 at once, answer after 0 ms',
      'memory after start',
      'memory grown by 2000 lists',
      '100,000 git tags: newest 20',
      'release over five targets of 50 ms: plan and creation',
    ]);
  });
});

describe('times', () => {
  it('are told by their median and 99th percentile, in whatever order they came', () => {
    const times = Array.from({ length: 1_000 }, (_, index) => (index * 7) % 1_000);
    expect(median(times)).toBe(500);
    expect(spread(times)).toBe('500.00 ms, p99 990.00');
    expect(spread([3, 1, 2])).toBe('2.00 ms, most 3.00');
  });
});
