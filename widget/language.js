// Languages: which of a survey's suits the visitor, and our own texts in it. It touches nothing.

/** Languages that we have our own texts in, beside English: words/. */
const LANGUAGES = "ar cs da de es fi fr he it ja nb nl pl pt ru sv tr uk zh";

/** @param {string} tag */
const base = (tag) => tag.toLowerCase().split("-")[0];

/** The survey's language that suits the visitor, else its first. @param {string[]} has @param {string} wanted */
export const suits = (has, wanted) =>
  has.find((tag) => tag.toLowerCase() === wanted.toLowerCase()) || has.find((tag) => base(tag) === base(wanted)) || has[0];

/** The name of the file of our own texts in a language, without its ending; nothing where it is English. @param {string} tag */
export const fileOf = (tag) => {
  // Norwegian has three names.
  const ours = base(tag).replace(/^n[no]$/, "nb");
  return LANGUAGES.split(" ").includes(ours) ? ours : undefined;
};

/** Our own texts by their keys, from lines of `key: text`. @param {string} text */
export const texts = (text) => new Map(text.split("\n").map((line) => [line.split(":")[0], line.replace(/^\w+: /, "")]));
