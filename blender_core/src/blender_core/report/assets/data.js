// What the page has been given. Texts that repeat are held once, see encoding.py.

const DATA = JSON.parse(document.getElementById("data").textContent);

let everySeries = null;

// Where inputs are many, the page has some of them, and of these some for single attributes only.
const PLACES = DATA.drawn ? DATA.drawn.rows.length : DATA.n;
const UNLISTED = -2;

// The number of the input at a place, counted from 1, and the place of an input, counted from 0.
function numberAt(place) {
  return (DATA.drawn ? DATA.drawn.rows[place] : place) + 1;
}

const placeOfRow = DATA.drawn ? new Map(DATA.drawn.rows.map((row, place) => [row, place])) : null;

function placeOf(row) {
  return placeOfRow ? placeOfRow.get(row) : row;
}

// What the inputs said is the larger part by far: it is parsed when it is first asked for.
function seriesOf(row) {
  everySeries ??= JSON.parse(document.getElementById("values").textContent);
  const series = everySeries[row];
  if (series && DATA.drawn && series.at && !series.whole) {
    const at = new Array(PLACES).fill(UNLISTED);
    DATA.drawn.even.forEach((even, i) => { at[placeOf(even)] = series.at[i]; });
    for (const [place, code] of series.more ?? []) {
      at[place] = code;
    }
    series.at = at;
    series.whole = true;
  }
  return series;
}

function codeAt(series, place) {
  return series.at ? series.at[place] : 0;
}

// The text at a place of a coded list; null where there is none.
function textAt(coded, place) {
  const code = coded.at ? coded.at[place] : 0;
  return code < 0 ? null : (coded.of[code] ?? null);
}

function fact(name, row) {
  return textAt(DATA.texts[name], row);
}

// What the product has, and of what was set later, what the blend gave: the texts, and what stands
// before them. The blend's comes first.
function marksOf(row) {
  const value = textAt(DATA.value, row), status = fact("status", row);
  const own = { what: "product's own", text: value, later: false };
  if (status === "later") {
    const gave = { what: fact("rule", row), text: textAt(DATA.blended, row), later: false };
    return [gave, { what: "set later", text: value, later: true }];
  }
  if (status === "unknown") {
    return [{ ...own, what: "product" }];
  }
  if (status === "own") {
    return [{ ...own, what: "file's own" }];
  }
  return [status === "kept" ? own : { ...own, what: fact("rule", row) }];
}

const NUMBER = /^-?\d+(\.\d*)?(e[+-]?\d+)?$/i;
const TIME = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d(?:\.\d*)?))?)?Z?$/;
const CLOCK = /^(\d\d):(\d\d)(?::(\d\d(?:\.\d*)?))?$/;

// The place of a text on an axis: a number, milliseconds, or seconds of a day; NaN if it has none.
function placed(kind, text) {
  if (text === null) {
    return NaN;
  }
  if (kind === "number") {
    return NUMBER.test(text) ? Number(text) : NaN;
  }
  if (kind === "time") {
    const found = TIME.exec(text);
    if (!found) {
      return NaN;
    }
    const [year, month, day, hour = 0, minute = 0] = found.slice(1, 6).map((one) => Number(one ?? 0));
    return Date.UTC(year, month - 1, day, hour, minute) + 1000 * Number(found[6] ?? 0);
  }
  if (kind === "clock") {
    const found = CLOCK.exec(text);
    return found ? 3600 * found[1] + 60 * found[2] + Number(found[3] ?? 0) : NaN;
  }
  return NaN;
}

function many(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}
