/** The known word that was probably meant; undefined where none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const given = word.toLowerCase();
  const begun = known.filter((one) => given.length > 1 && one.toLowerCase().startsWith(given));
  if (begun.length === 1) return begun[0];
  const limit = Math.min(3, Math.max(1, Math.floor(given.length / 3)));
  const near = known
    .filter(({ length }) => Math.abs(length - given.length) <= limit)
    .map((one) => ({ one, steps: distance(given, one.toLowerCase()) }))
    .filter(({ steps }) => steps <= limit);
  return near.sort((a, b) => a.steps - b.steps)[0]?.one;
}

/** How many insertions, deletions, replacements and swaps of neighbours lead from one word to the other. */
export function distance(from: string, to: string): number {
  const at = (row: readonly number[], column: number) => row[column] ?? Number.POSITIVE_INFINITY;
  let above: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const isSame = from[i - 1] === to[j - 1];
      const isSwap = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const replaced = at(last, j - 1) + (isSame ? 0 : 1);
      row.push(Math.min(at(last, j) + 1, at(row, j - 1) + 1, replaced, isSwap ? at(above, j - 2) + 1 : replaced));
    }
    [above, last] = [last, row];
  }
  return at(last, to.length);
}
