/**
 * What to take away and what to add, so that what stays is not touched: a pin that has the
 * keyboard's focus keeps it while the map moves.
 *
 * @template Shown, Wanted
 * @param {Map<string, Shown>} shown - by key
 * @param {Map<string, Wanted>} wanted - by key
 * @returns {{leaving: string[], arriving: [string, Wanted][]}}
 */
export function difference(shown, wanted) {
  return {
    leaving: [...shown.keys()].filter((key) => !wanted.has(key)),
    arriving: [...wanted].filter(([key]) => !shown.has(key)),
  };
}
