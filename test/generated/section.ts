import { readFileSync } from 'node:fs';

export const project = (path: string): string => new URL(`../../${path}`, import.meta.url).pathname;

/** The page with what stands between a section's markers replaced. */
export function withSections(path: string, sections: Record<string, string>): string {
  return Object.entries(sections).reduce(
    (page, [name, text]) => {
      const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
      const [before, rest] = page.split(begin);
      const after = rest?.split(end)[1];
      if (before === undefined || after === undefined) throw new Error(`${path} has no section ${name}`);
      return `${before}${begin}\n${text}\n${end}${after}`;
    },
    readFileSync(project(path), 'utf8'),
  );
}

export const table = (head: string[], rows: string[][]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n');
