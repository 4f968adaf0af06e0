// The shop's own script: it writes the days of an order that was placed today. It knows nothing of Candor; the tag is all
// that a client's page needs.

const day = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "long", month: "long", day: "numeric" });

const times = /** @type {NodeListOf<HTMLTimeElement>} */ (document.querySelectorAll("time[data-in-days]"));

for (const time of times) {
  const date = new Date();
  date.setDate(date.getDate() + Number(time.dataset.inDays));
  time.dateTime = date.toISOString().slice(0, 10);
  time.textContent = day.format(date);
}
