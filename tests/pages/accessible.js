// Walks through the survey on a page as it comes, looks at each of its pages with axe-core and with a ruler, and answers
// what must be answered. `walk` says what is wrong; nothing of it touches a clock but to let a movement end.
"use strict";

const survey = () => document.querySelector("candor-survey");
const root = () => survey().shadowRoot;
const seen = (element) => element.getClientRects().length > 0 && getComputedStyle(element).visibility === "visible";
const later = (ms) => new Promise((done) => setTimeout(done, ms));

const until = async (what, is) => {
  for (let i = 0; i < 200; i++) {
    if (is()) return;
    await later(50);
  }
  throw new Error(`waited for ${what}, saw ${survey()?.dataset.state}`);
};

/** What can be acted on, each with the box that takes the pointer: a control's own, or that of the label around it. */
const targets = () =>
  [...root().querySelectorAll("button, input, select, textarea, a[href]")]
    .map((control) => [control, control.labels?.length && /radio|checkbox/.test(control.type) ? control.labels[0] : control])
    .filter(([, box]) => seen(box));

const name = (control) => `${control.localName} ${control.name || control.dataset.act || ""} "${(control.labels?.[0] ?? control).textContent.trim().slice(0, 40)}"`;

/** With a ruler: targets of 24 px at least (WCAG 2.5.8), nothing cut off at the sides, everything within reach. */
const measure = () => {
  const problems = [];
  const wide = document.documentElement;
  if (wide.scrollWidth > wide.clientWidth) problems.push(`the page scrolls sideways: ${wide.scrollWidth} in ${wide.clientWidth} px`);
  const panel = root().querySelector(".panel");
  const within = panel.getBoundingClientRect();
  if (within.left < -0.5 || within.right > innerWidth + 0.5) problems.push(`the panel is from ${within.left} to ${within.right} of ${innerWidth} px`);
  for (const [control, box] of targets()) {
    box.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
    const { left, top, width, height, right } = box.getBoundingClientRect();
    if (width < 24 || height < 24) problems.push(`${name(control)} is ${width.toFixed(1)} by ${height.toFixed(1)} px`);
    if (panel.contains(box) && (left < within.left - 0.5 || right > within.right + 0.5)) problems.push(`${name(control)} sticks out of the panel: ${left} to ${right}`);
    const at = document.elementFromPoint(left + width / 2, Math.min(Math.max(top + height / 2, 1), innerHeight - 1));
    if (at !== survey()) problems.push(`${name(control)} is out of reach, below ${at?.localName ?? "nothing"}`);
  }
  for (const element of panel.querySelectorAll("legend, label, p, h1, h2, h3, button")) {
    if (seen(element) && element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== "inline" && element.clientWidth > 1) {
      problems.push(`${element.localName} "${element.textContent.trim().slice(0, 40)}" is cut off: ${element.scrollWidth} in ${element.clientWidth} px`);
    }
  }
  return problems;
};

/** By axe-core, every rule that it runs by itself. */
const audit = async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations.map(({ id, nodes }) => `axe ${id}: ${nodes[0].html.slice(0, 160)} ${nodes[0].failureSummary.replace(/\s+/g, " ").slice(0, 200)}`);
};

/** Answers what is on show, by its native controls. */
const answer = () => {
  let groups = 0;
  for (const [control] of targets()) {
    if (control.disabled) continue;
    if (control.type === "radio" && !root().querySelector(`input[name="${control.name}"]:checked`)) {
      // Another one in each group: the best is not the worst.
      const group = [...root().querySelectorAll(`input[name="${control.name}"]`)];
      group[groups++ % group.length].click();
    }
    // A ranking is asked for whole, of other lists one is enough.
    const several = control.closest(".ranking") || !root().querySelector(`input[name="${control.name}"]:checked`);
    if (control.type === "checkbox" && several && !control.checked) control.click();
    if (control.localName === "textarea") control.value = "A word or two";
    if (control.localName === "select") control.selectedIndex = 1;
    control.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
    control.dispatchEvent(new Event("change", { bubbles: true, composed: true }));
  }
};

window.walk = () => {
  const problems = [];
  const late = later(20000).then(() => [...problems, "not at its end after 20 s"]);
  return Promise.race([late, walks(problems)]);
};

const walks = async (problems) => {
  const look = async (where) => {
    // It comes in with a short movement, and what fades is not to be judged by its contrast.
    await later(350);
    const found = [...measure(), ...(await audit())];
    problems.push(...found.map((problem) => `${where}: ${problem}`));
  };
  try {
    await until("the survey", survey);
    if (survey().dataset.mode === "tab") {
      await look("tab");
      root().querySelector("button").click();
    }
    await until("asking", () => survey().dataset.state === "asking");
    for (let page = 1; page < 10 && survey().dataset.state === "asking"; page++) {
      await look(`page ${page}`);
      answer();
      const before = root().textContent;
      root().querySelector("[data-act=next]").click();
      await until("the next page", () => root().textContent !== before);
      await until("an answer", () => survey().dataset.state !== "saving");
    }
    await until("thanks", () => survey().dataset.state === "thanks");
    await look("thanks");
  } catch (error) {
    problems.push(error.message);
  }
  return [...new Set(problems)];
};
