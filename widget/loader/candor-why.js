/**
 * candor-why.js: words why a survey is not shown, for data-test and for a candor.show() that cannot be obeyed. Only the
 * conditions that candor.js itself decided by come here, as their codes, so that no condition can be worded and not
 * checked. It touches nothing.
 */

/**
 * @param {import("./candor-ask.js").Tag} tag
 * @param {string[]} found The codes of candor.js' `reasons`, and `tab`.
 * @param {Record<string, string>} attributes What the page has said about the visit.
 * @param {import("./candor-ask.js").Again} [again] Known once the device was looked at.
 * @returns {string[]} A half sentence for each.
 */
export const why = ({ survey, rules, ...tag }, found, attributes, again) => {
  const { state, origins, when = {}, who = {} } = /** @type {import("./candor-ask.js").Rules} */ (rules);
  /** @type {Record<string, (name: string) => string>} */
  const words = {
    state: () => `it is not live but ${state}`,
    origin: () => `${location.origin} is not one of its origins (${origins.join(", ")})`,
    attribute: (name) =>
      `attribute ${name} is ${name in attributes ? `"${attributes[name]}"` : "not set"} and not "${who.attributes?.[name]}"`,
    url: () => `${location.pathname}${location.search} fits none of its patterns (${when.url?.join(", ")})`,
    asked: () => {
      const until = again?.({ survey, rules, ...tag });
      if (until === undefined) return "it has a cool-down, and whether this visitor was asked before may only be looked at once they act or consent";
      if (until === Infinity) return "this visitor was asked, and it is asked once";
      return `this visitor is not to be asked again before ${new Date(until).toISOString()}`;
    },
    sample: () => `this page view was not drawn into its sample of ${who.sample}`,
    shown: () => "a survey was already shown on this page",
    tab: () => "another tab of this site shows a survey",
  };
  return found.map((reason) => {
    const [code, name] = reason.split(" ");
    return words[code](name);
  });
};
