/** Clients cut what is longer, in the middle and without a word to the model. */
const PAGE = 10_000;

/** How many of these rows fit on a page; one always does. */
export function fittingOf(rows: readonly object[]): number {
  let left = PAGE - 1; // their brackets take two, and of commas there is one less than of rows
  const tooMany = rows.findIndex((row) => {
    left -= JSON.stringify(row).length + 1;
    return left < 0;
  });
  return tooMany < 0 ? rows.length : Math.max(1, tooMany);
}
