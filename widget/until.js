// Waiting for what calls back. The page's own Promise may be anybody's: one that answers a task later is too late for
// IndexedDB, whose transactions end by themselves. `async` functions have the browser's, whatever the page has done.

/**
 * @template T
 * @param {(done: (value: T) => void, broken: (error: unknown) => void) => void} begin
 * @returns {Promise<T>}
 */
export const until = async (begin) => await /** @type {PromiseLike<T>} */ (/** @type {unknown} */ ({ then: begin }));
