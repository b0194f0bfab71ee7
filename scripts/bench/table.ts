/** Rows → a table for a terminal, and the page docs/performance.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, type as system, totalmem } from 'node:os';
import { type Budget, holds, type Row } from './measure.ts';

const PAGE = 'docs/performance.md';
const MARKED = /<!-- run -->[\s\S]*<!-- end -->/;
const COLUMNS = ['figure', 'value', 'budget', 'verdict', 'the SDK alone', 'ours', 'beside it'];

const told = (value: number, unit: Row['unit']) => (unit === '×' ? value.toFixed(2) : String(Math.round(value * 10) / 10));
const limit = ({ atMost, atLeast }: Budget) => (atMost === undefined ? `≥ ${atLeast}` : `≤ ${atMost}`);

const cells = (row: Row): string[] => [
  row.figure,
  `${told(row.value, row.unit)} ${row.unit}`,
  row.budget ? limit(row.budget) : '',
  row.budget ? (holds(row) ? 'holds' : 'NOT MET') : '',
  row.sdk === undefined ? '' : `${told(row.sdk, row.unit)} ${row.unit}`,
  row.ours ?? '',
  row.beside ?? '',
];

export function asText(rows: readonly Row[]): string {
  const table = [COLUMNS, ...rows.map(cells)];
  const widths = COLUMNS.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0)));
  return table
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const asMarkdown = (rows: readonly Row[]): string =>
  [COLUMNS, COLUMNS.map(() => '---'), ...rows.map(cells)].map((line) => `| ${line.join(' | ')} |`).join('\n');

/** Puts the run between the markers of the page: the table, its date, machine and command. */
export function writePage(rows: readonly Row[], args: readonly string[]): void {
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor';
  const run = [
    `\`npm run bench -- ${args.join(' ')}\` on ${new Date().toISOString().slice(0, 10)}: Node ${process.version}, ${system()} ${release()}, ` +
      `${cpus().length} × ${processor}, ${Math.round(totalmem() / 2 ** 30)} GiB.`,
    asMarkdown(rows),
  ].join('\n\n');
  const page = readFileSync(PAGE, 'utf8');
  if (!MARKED.test(page)) throw new Error(`${PAGE} has lost its markers`);
  writeFileSync(
    PAGE,
    page.replace(MARKED, () => `<!-- run -->\n\n${run}\n\n<!-- end -->`),
  );
}
