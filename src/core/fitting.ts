/** Clients cut what is longer, in the middle and without a word to the model. */
const PAGE = 10_000;

/** How many of these rows fit on a page; one always does. */
export function fittingOf(rows: readonly object[]): number {
  let left = PAGE;
  if (JSON.stringify(rows).length <= left) return rows.length;
  const tooMany = rows.findIndex((row) => {
    left -= JSON.stringify(row).length + 1;
    return left < 0;
  });
  return tooMany < 0 ? rows.length : Math.max(1, tooMany);
}
