// The table of attributes: search, filters, rows that open.

const ROWS = [...document.querySelectorAll("tr.fact")];
const SEARCHED = ["path", "keyword", "title", "rule", "provider", "asked", "reason"];
const tools = document.querySelector("form.tools");
const search = document.getElementById("search");
const pickedRule = document.getElementById("rule");
const pickedProvider = document.getElementById("provider");
const alsoEmpty = document.getElementById("empty");
const choices = [...tools.querySelectorAll("[data-show]")];

let sought = null;

function soughtText(row) {
  sought ??= ROWS.map((_, i) => [...SEARCHED.map((name) => fact(name, i)), textAt(DATA.value, i), textAt(DATA.blended, i)].join("\n").toLowerCase());
  return sought[row];
}

function wantedBy(show, row) {
  if (show === "varied") {
    return (DATA.distinct[row] ?? 0) > 1;
  }
  if (show === "later") {
    return fact("status", row) === "later";
  }
  return show !== "warnings" || fact("warning", row) !== "";
}

function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const show = choices.find((one) => one.getAttribute("aria-pressed") === "true").dataset.show;
  let shown = 0;
  ROWS.forEach((element, row) => {
    const wanted = (alsoEmpty.checked || !DATA.empty[row])
      && wantedBy(show, row)
      && (!pickedRule.value || fact("rule", row) === pickedRule.value)
      && (!pickedProvider.value || fact("provider", row) === pickedProvider.value)
      && words.every((word) => soughtText(row).includes(word));
    element.hidden = !wanted;
    if (element.nextElementSibling?.classList.contains("detail")) {
      element.nextElementSibling.hidden = !wanted || !isOpen(element);
    }
    shown += wanted;
  });
  for (const body of document.querySelectorAll("table.attributes > tbody")) {
    body.hidden = !body.querySelector("tr.fact:not([hidden])");
  }
  document.getElementById("shown").textContent = shown.toLocaleString("en");
  document.getElementById("nothing").hidden = shown > 0;
}

function isOpen(element) {
  return element.querySelector("button.name").getAttribute("aria-expanded") === "true";
}

function toggle(element) {
  const open = !isOpen(element);
  let detail = element.nextElementSibling;
  if (!detail?.classList.contains("detail")) {
    const row = Number(element.dataset.row);
    detail = html("tr", { class: "detail", id: `detail-${row}` }, html("td", { colspan: "6" }, details(row)));
    element.after(detail);
  }
  detail.hidden = !open;
  element.classList.toggle("open", open);
  element.querySelector("button.name").setAttribute("aria-expanded", String(open));
}

for (const element of ROWS) {
  const name = element.querySelector(".name");
  const button = html("button", { type: "button", class: "name", "aria-expanded": "false", "aria-controls": `detail-${element.dataset.row}` }, ...name.childNodes);
  name.replaceWith(button);
}

document.querySelector("table.attributes").addEventListener("click", (event) => {
  const element = event.target.closest("tr.fact");
  // Whoever marks a text to copy it does not want the row to open.
  if (element && (event.target.closest("button") || String(getSelection()) === "")) {
    toggle(element);
  }
});

for (const one of choices) {
  one.addEventListener("click", () => {
    choices.forEach((other) => other.setAttribute("aria-pressed", String(other === one)));
    filter();
  });
}
for (const one of [search, pickedRule, pickedProvider, alsoEmpty]) {
  one.addEventListener("input", filter);
}
tools.addEventListener("submit", (event) => event.preventDefault());
document.getElementById("reset").addEventListener("click", () => {
  search.value = pickedRule.value = pickedProvider.value = "";
  choices.forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.show === "all")));
  filter();
  search.focus();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) {
    event.preventDefault();
    search.focus();
  }
});

const theme = document.getElementById("theme");
function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}
function nameTheme() {
  theme.textContent = isDark() ? "Light" : "Dark";
}
theme.addEventListener("click", () => {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  nameTheme();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", nameTheme);

nameTheme();
theme.hidden = tools.hidden = false;
filter();
timeline();
document.documentElement.classList.add("live");
