const mostDecimals = 12;

/**
 * How to write numbers of one metric so that they can be compared by eye: all with the same number of decimals, few
 * where they are large, and as many as it takes that different numbers look different.
 */
export function alignedDecimals(numbers: readonly number[]): (number: number) => string {
  const largest = Math.max(...numbers.map(Math.abs));
  const different = new Set(numbers).size;
  let decimals = largest < 10 ? 4 : largest < 100 ? 3 : 2;
  const write = (number: number) => number.toFixed(decimals);
  while (decimals < mostDecimals && new Set(numbers.map(write)).size < different) decimals += 1;
  return write;
}
