// What a row opens to.

const MOST_BARS = 12;
const MOST_LISTED = 200;

function details(row) {
  const series = seriesOf(row);
  const counts = series ? countsOf(row, series) : null;
  const body = html("div", { class: "body" });
  const facts = factsList(row);
  if (!series) {
    const why = DATA.inputs[row] === null && fact("rule", row)
      ? "Only the first input was asked: nothing calls for the others' values."
      : "What the inputs said of this attribute is not recorded.";
    body.append(html("p", { class: "said-by" }, why));
  } else if (series.of.length === 0) {
    body.append(html("p", { class: "said-by" }, "No input has a value."));
  } else if (series.of.length === 1) {
    const lacking = DATA.n - counts[0];
    const who = lacking ? `${many(counts[0], "input")} of ${DATA.n}` : DATA.n === 1 ? "The input" : `All ${many(DATA.n, "input")}`;
    body.append(html("p", { class: "said-by" }, `${who} ${counts[0] === 1 ? "has" : "have"} `, bdi(series.of[0] || "(empty text)", { class: "code" })));
    if (lacking) {
      body.append(valuesList(row, series));
    }
  } else {
    body.append(...several(row, series, counts));
  }
  return html("div", { class: body.querySelector("figure, .bars, .values") ? "opened" : "opened brief" }, body, facts);
}

function several(row, series, counts) {
  const list = valuesList(row, series);
  if (series.kind !== "text" && Number.isFinite(rangeOf(placesOf(series)))) {
    return [scatter(row, series), list];
  }
  return [bars(row, series, counts, list), list];
}

// How many inputs have each text, as far as that is known of all of them, and else of those drawn.
function countsOf(row, series) {
  if (series.counts) {
    return series.counts;
  }
  if (DATA.drawn && series.of.length === 1) {
    return [DATA.inputs[row] ?? DATA.n];
  }
  const counts = new Array(series.of.length).fill(0);
  for (let i = 0; i < PLACES; i++) {
    const code = codeAt(series, i);
    if (code >= 0) {
      counts[code]++;
    }
  }
  return counts;
}

// The different texts, the most frequent first; a press on one lists its inputs only.
function bars(row, series, counts, list) {
  const marks = marksOf(row).filter((one) => one.text !== null);
  const marked = (text) => {
    const mark = marks.find((one) => one.text === text);
    return mark ? (mark.later ? "is-later" : "is-blended") : null;
  };
  const order = counts.map((_, code) => code).sort((a, b) => counts[b] - counts[a] || a - b);
  const most = counts[order[0]];
  const items = order.slice(0, MOST_BARS).map((code) => {
    const fill = html("span", { class: "bar" });
    fill.style.width = `${Math.max(1, (100 * counts[code]) / most)}%`;
    const button = html(
      "button", { type: "button", "aria-pressed": "false", class: marked(series.of[code]) },
      bdi(series.of[code] || "(empty text)", { class: "code" }),
      html("span", { class: "track" }, fill),
      html("span", { class: "number" }, String(counts[code])),
    );
    button.addEventListener("click", () => {
      const on = button.getAttribute("aria-pressed") !== "true";
      for (const one of list.parentElement.querySelectorAll(".bars button")) {
        one.setAttribute("aria-pressed", String(one === button && on));
      }
      list.showOnly(on ? code : null);
    });
    return html("li", {}, button);
  });
  const more = (DATA.drawn ? DATA.distinct[row] ?? order.length : order.length) - items.length;
  return html(
    "div", { class: "bars" },
    html("ul", {}, ...items),
    more > 0 ? html("p", { class: "quiet" }, `and ${many(more, "other value")}`) : null,
    ...marks.filter((one) => !series.of.includes(one.text)).map((one) =>
      html("p", { class: "quiet" }, `${named(row, one)}: `, bdi(one.text || "(empty text)", { class: "code" }), ", which is no input's value.")),
  );
}

// What a value is, as a sentence begins.
function named(row, mark) {
  if (mark.later) {
    return "Set later";
  }
  const status = fact("status", row);
  return { own: "The file's own", kept: "The product's own", unknown: "The product has", amended: "Amended" }[status] ?? "Blended";
}

// Every input and its value.
function valuesList(row, series) {
  const body = html("tbody");
  const more = html("button", { type: "button", class: "quiet more" });
  const element = html(
    "div", { class: "values" },
    html(
      "div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "The inputs' values" },
      html(
        "table", { class: "plain" },
        html("thead", {}, html("tr", {},
          html("th", { scope: "col", class: "number" }, "#"),
          html("th", { scope: "col", class: series.kind === "number" ? "number" : null }, "Value"),
          html("th", { scope: "col" }, "Input"))),
        body,
      ),
      more,
    ),
  );
  const line = (i) => {
    const text = textAt(series, i);
    const value = text === null ? html("span", { class: "none" }, "no value")
      : text === "" ? html("span", { class: "none" }, "empty text") : bdi(text);
    return html(
      "tr", { class: DATA.taken[row] === numberAt(i) - 1 ? "is-taken" : null },
      html("td", { class: "number" }, String(numberAt(i))),
      html("td", { class: series.kind === "number" ? "number" : "text" }, value),
      html("td", {}, bdi(textAt(DATA.names, i))),
    );
  };
  element.showOnly = (code, limit = MOST_LISTED) => {
    const wanted = [];
    for (let i = 0; i < PLACES; i++) {
      const own = codeAt(series, i);
      if (code === null ? own !== UNLISTED : own === code) {
        wanted.push(i);
      }
    }
    body.replaceChildren(...wanted.slice(0, limit).map(line));
    more.hidden = wanted.length <= limit;
    more.textContent = `Show all ${many(wanted.length, "input")}${DATA.drawn ? " that are listed" : ""}`;
    more.onclick = () => element.showOnly(code, Infinity);
  };
  element.showOnly(null);
  return element;
}

function factsList(row) {
  const list = html("dl", { class: "facts" });
  const add = (name, ...children) => list.append(html("div", {}, html("dt", {}, name), html("dd", {}, ...children)));
  const warning = fact("warning", row);
  if (warning) {
    add("Warning", html("strong", {}, warning));
  }
  const status = fact("status", row);
  const rule = fact("rule", row);
  const origin = originOf(row, status);
  if (origin) {
    add("Value", ...origin);
  }
  if (rule || status === "unknown") {
    const settings = fact("settings", row);
    add(status === "later" ? "Rule of the blend" : "Rule",
      rule ? bdi(rule, { class: "code" }) : "unknown", settings ? bdi(` (${settings})`) : null,
      fact("summary", row) ? html("span", { class: "sub" }, bdi(fact("summary", row))) : null);
  }
  if (rule) {
    add("Provider", bdi(fact("plugin", row)));
    add("Asked for by", bdi(fact("asked", row)), html("span", { class: "sub" }, bdi(fact("reason", row))));
  }
  if (fact("remark", row)) {
    add("Its remark", bdi(fact("remark", row)));
  }
  const taken = DATA.taken[row];
  if (taken !== null) {
    add(rule ? "Taken from" : "The same in", `input ${taken + 1}`, html("span", { class: "sub" }, bdi(textAt(DATA.names, placeOf(taken)) ?? "")));
  }
  if (DATA.seen[row] !== null && DATA.seen[row] !== DATA.inputs[row]) {
    add("The rule saw", `${many(DATA.seen[row], "value")} of ${DATA.inputs[row]}`);
  }
  add("Attribute", bdi(fact("path", row), { class: "code" }), fact("keyword", row) ? html("span", { class: "sub" }, bdi(fact("keyword", row), { class: "code" })) : null);
  return list;
}

// How the product came to its value, where a rule of the blend does not tell it all; else null.
function originOf(row, status) {
  const replaced = textAt(DATA.replaced, row);
  if (status === "later") {
    const way = textAt(DATA.value, row) === null ? "Taken out" : "Set";
    return [`${way} after the blend, which gave `, ...gift(row)];
  }
  if (status === "amended") {
    if (replaced === null) {
      return ["Amended after the blend."];
    }
    return replaced === textAt(DATA.value, row)
      ? ["Amended after the blend, to what it was before."]
      : ["Amended after the blend: before, it was ", quoted(replaced), "."];
  }
  if (status === "set" && replaced !== null) {
    return ["It replaces ", quoted(replaced), ", which was set after an earlier blend."];
  }
  return {
    kept: ["The product's own: the blend did not set it."],
    own: ["The file has its own."],
    dropped: ["None: the product has no such value, as the rule says."],
  }[status] ?? null;
}

// What the blend gave, by which rule, and of how many inputs.
function gift(row) {
  const blended = textAt(DATA.blended, row);
  if (blended === null) {
    return ["none."];
  }
  const seen = DATA.seen[row] ?? DATA.inputs[row];
  const of = seen === null ? "" : ` of ${many(seen, seen === DATA.inputs[row] ? "input" : "value")}`;
  return [quoted(blended), " by ", bdi(fact("rule", row), { class: "code" }), `${of}.`];
}

function quoted(text) {
  return bdi(text || "(empty text)", { class: "code" });
}
