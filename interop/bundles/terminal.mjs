/** Lines of a session as a picture of a terminal: an SVG without scripts, fonts or images, for light and dark pages alike. */
const [CHARACTER, LINE, MARGIN, TOP, COLUMNS] = [8.1, 20, 20, 58, 100];
const MARKS = { prompt: '› ', call: '● ', outcome: '  └ ', row: '    ', said: '● ', shell: '$ ', output: '  ' };

const escaped = (text) => text.replace(/[&<>]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character]);
const cut = (text) => (text.length > COLUMNS ? `${text.slice(0, COLUMNS - 1)}…` : text);

/** `lines`: `{ kind, text, more }` by the kinds of MARKS, and `blank`. */
export function draw(title, lines) {
  const width = Math.ceil(2 * MARGIN + COLUMNS * CHARACTER);
  const height = TOP + lines.length * LINE + MARGIN;
  const rows = lines.map(({ kind, text = '', more }, index) => {
    if (kind === 'blank') return '';
    const mark = MARKS[kind];
    const rest = more ? cut(`(${more})`).slice(0, COLUMNS - mark.length - text.length - 1) : '';
    const spans = [
      `<tspan class="mark ${kind}">${mark}</tspan>`,
      `<tspan class="${kind}">${escaped(cut(text))}</tspan>`,
      rest && `<tspan class="dim"> ${escaped(rest)}</tspan>`,
    ];
    return `<text x="${MARGIN}" y="${TOP + index * LINE}">${spans.join('')}</text>\n`;
  });
  const spoken = lines.flatMap(({ text, more }) => (text ? [more ? `${text} ${more}` : text] : [])).join('\n');
  return `<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escaped(title)}</title>
<desc>${escaped(spoken)}</desc>
<style>
text { font: 13.4px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #d4d4d8; white-space: pre; }
.dim, .row, .output { fill: #a1a1aa; } .prompt, .said { fill: #fafafa; } .call { fill: #7dd3fc; font-weight: 600; }
.mark { fill: #71717a; font-weight: 400; } .outcome:not(.mark) { fill: #86efac; } .mark.call, .mark.said { fill: #86efac; }
</style>
<rect width="${width}" height="${height}" rx="10" fill="#18181b"/>
<g fill="#3f3f46"><circle cx="22" cy="20" r="6"/><circle cx="42" cy="20" r="6"/><circle cx="62" cy="20" r="6"/></g>
<text x="${width / 2}" y="25" text-anchor="middle" class="dim">${escaped(title)}</text>
${rows.join('')}</svg>
`;
}
