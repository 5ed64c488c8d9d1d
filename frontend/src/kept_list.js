/** Small things that this phone keeps and nobody else knows. */

/** @returns {Array} what is kept under a name; nothing where the browser keeps nothing */
export function kept(name) {
  try {
    const list = JSON.parse(localStorage.getItem(name));
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}

/** @returns {boolean} whether the browser kept it */
export function keep(name, list) {
  try {
    if (list.length) localStorage.setItem(name, JSON.stringify(list));
    else localStorage.removeItem(name);
    return true;
  } catch {
    return false;
  }
}
