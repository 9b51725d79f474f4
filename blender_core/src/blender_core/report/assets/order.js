// The order of the attributes: the schema's, in its groups, or that of a column, all together.

const table = document.querySelector("table.attributes");
const heads = [...table.querySelectorAll("thead th")];
const homes = ROWS.map((element) => element.parentElement);
const inOrder = html("tbody", { class: "in-order" });
const picked = document.getElementById("order");
const collator = new Intl.Collator("en", { numeric: true });

function text(one) {
  return one || null;
}

// Numbers are ordered as such, and before texts.
function valueOf(one) {
  return one !== null && NUMBER.test(one) ? Number(one) : text(one);
}

// What each column is ordered by; null where there is nothing.
const KEYS = [
  (row) => text(fact("path", row)),
  (row) => valueOf(textAt(DATA.value, row)),
  (row) => text(fact("rule", row)),
  (row) => text(fact("provider", row)),
  (row) => DATA.inputs[row],
  (row) => DATA.distinct[row],
];

function compared(one, other) {
  if (typeof one !== typeof other) {
    return typeof one === "number" ? -1 : 1;
  }
  return typeof one === "number" ? one - other : collator.compare(one, other);
}

// Rows that have nothing to be ordered by come last, upwards and downwards.
function ordered(column, way) {
  const keys = ROWS.map((_, row) => KEYS[column](row));
  const sign = way === "descending" ? -1 : 1;
  return [...keys.keys()].sort((a, b) => {
    if (keys[a] === null || keys[b] === null) {
      return (keys[a] === null) - (keys[b] === null) || a - b;
    }
    return sign * compared(keys[a], keys[b]) || a - b;
  });
}

// A row, and what it has been opened to.
function partsOf(element) {
  const next = element.nextElementSibling;
  return next?.classList.contains("detail") ? [element, next] : [element];
}

// Outside of its group, an attribute goes by its whole path.
function nameInFull() {
  if (!table.querySelector(".within")) {
    ROWS.forEach((element, row) => {
      const path = fact("path", row);
      const within = html("span", { class: "within" }, bdi(path.slice(0, path.lastIndexOf(".") + 1)));
      element.querySelector("button.name").prepend(within);
    });
  }
}

function putInOrder(column, way) {
  heads.forEach((head, i) => {
    if (i === column && way) {
      head.setAttribute("aria-sort", way);
    } else {
      head.removeAttribute("aria-sort");
    }
  });
  picked.value = way ? `${column} ${way}` : "";
  const sorted = way !== "";
  if (sorted) {
    nameInFull();
    inOrder.append(...ordered(column, way).flatMap((row) => partsOf(ROWS[row])));
    table.append(inOrder);
  } else {
    ROWS.forEach((element, row) => homes[row].append(...partsOf(element)));
    inOrder.remove();
  }
  table.classList.toggle("sorted", sorted);
  filter();
}

const NEXT = { ascending: "descending", descending: "" };

heads.forEach((head, column) => {
  const name = head.textContent;
  const button = html("button", { type: "button", class: "order" }, ...head.childNodes);
  button.addEventListener("click", () => putInOrder(column, NEXT[head.getAttribute("aria-sort")] ?? "ascending"));
  head.append(button);
  // Where there is no room for the heads of columns.
  picked.append(
    html("option", { value: `${column} ascending` }, `${name}, ascending`),
    html("option", { value: `${column} descending` }, `${name}, descending`),
  );
});
picked.addEventListener("input", () => {
  const [column, way = ""] = picked.value.split(" ");
  putInOrder(Number(column), way);
});
