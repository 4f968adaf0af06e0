// JSON as we write it. The page's own JSON.stringify may be anybody's: old libraries give arrays a toJSON of their own.

/** @param {string} text */
const quote = (text) => '"' + text.replace(/["\\\x00-\x1f]/g, (c) => "\\u" + (c.charCodeAt(0) + 65536).toString(16).slice(1)) + '"';

/**
 * @param {any} value A plain value: objects, arrays, texts, numbers, booleans, null. What is undefined is left out.
 * @returns {string}
 */
export const json = (value) => {
  if (typeof value === "string") return quote(value);
  if (Array.isArray(value)) {
    let items = "";
    for (let i = 0; i < value.length; i++) items += (i ? "," : "") + json(value[i]);
    return "[" + items + "]";
  }
  if (value instanceof Number) return `${value}`;
  if (value && typeof value === "object") {
    let fields = "";
    for (const key of Object.keys(value)) {
      if (value[key] !== undefined) fields += (fields && ",") + quote(key) + ":" + json(value[key]);
    }
    return "{" + fields + "}";
  }
  return "" + value;
};
