/** docs/clients.md: what runs saw stands between `<!-- NAME -->` and `<!-- /NAME -->`, the rest is written by hand. */
import { readFileSync, writeFileSync } from 'node:fs';

const PAGE = new URL('../docs/clients.md', import.meta.url).pathname;

export const table = (head, rows) => [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

export const list = (titles) => titles.map((title, index) => `${index + 1}. ${title}`).join('\n');

const around = (name) => new RegExp(`(<!-- ${name} -->\n)(?:([^]*?)\n)?(<!-- /${name} -->)`);

export const committed = (name) => around(name).exec(readFileSync(PAGE, 'utf8'))?.[2] ?? '';

export function write(name, text) {
  const page = readFileSync(PAGE, 'utf8');
  writeFileSync(
    PAGE,
    page.replace(around(name), (_, opening, __, closing) => `${opening}${text}\n${closing}`),
  );
}
