// Pictures of what the inputs said of one attribute, with the blended value marked.

const FONT = 7; // how wide a character is, about
const LINE = 15; // how high a line of text is

// Where each input's value goes; NaN where it has no place.
function placesOf(series) {
  const places = series.of.map((text) => placed(series.kind, text));
  return Array.from({ length: PLACES }, (_, i) => places[codeAt(series, i)] ?? NaN);
}

// How far apart they are; NaN if fewer than two have a place.
function rangeOf(places) {
  const finite = places.filter(Number.isFinite);
  const low = finite.reduce((a, b) => Math.min(a, b), Infinity);
  const high = finite.reduce((a, b) => Math.max(a, b), -Infinity);
  return finite.length > 1 ? high - low : NaN;
}

// Numbers or moments over the inputs.
function scatter(row, series) {
  const points = placesOf(series);
  const finite = points.filter(Number.isFinite);
  const marks = marksOf(row)
    .map((one) => ({ ...one, at: placed(series.kind, one.text), label: `${one.what}: ${one.text}` }))
    .filter((one) => Number.isFinite(one.at));
  let low = finite.reduce((a, b) => Math.min(a, b), Infinity);
  let high = finite.reduce((a, b) => Math.max(a, b), -Infinity);
  const reach = 0.75 * (high - low);
  const [lowest, highest] = [low - reach, high + reach];
  for (const mark of marks) {
    mark.beyond = mark.at > highest ? 1 : mark.at < lowest ? -1 : 0;
    if (!mark.beyond) {
      low = Math.min(low, mark.at);
      high = Math.max(high, mark.at);
    }
  }
  const padding = 0.06 * (high - low) || Math.abs(high) * 1e-3 || 1;
  low -= padding;
  high += padding;

  const readout = html("p", { class: "readout", "aria-hidden": "true" });
  const told = marks.map((one) => `${named(row, one)}: ${one.label}.`).join(" ");
  const draw = (width) => {
    const height = 190;
    const labels = ticks(series.kind, low, high, 4);
    const left = FONT * Math.max(...labels.map((one) => one.text.length), 3) + 10;
    const right = width - 14, top = 20, bottom = height - 34;
    const x = (row) => left + 10 + (DATA.n === 1 ? 0 : (row * (right - left - 20)) / (DATA.n - 1));
    const across = (place) => x(numberAt(place) - 1);
    const y = (value) => bottom - ((value - low) / (high - low)) * (bottom - top);
    const picture = svg("svg", {
      width, height, role: "img",
      "aria-label": `${many(finite.length, "value")} over the inputs. ${told}`.trim(),
    });
    for (const { at, text } of labels) {
      picture.append(
        svg("line", { class: "grid", x1: left, x2: right, y1: y(at), y2: y(at) }),
        svg("text", { class: "tick", x: left - 8, y: y(at) + 4, "text-anchor": "end" }, text),
      );
    }
    for (const { at, text } of ticks("count", 1, DATA.n, Math.min(8, width / 60))) {
      picture.append(svg("text", { class: "tick", x: x(at - 1), y: bottom + 16, "text-anchor": "middle" }, text));
    }
    picture.append(svg("text", { class: "tick", x: right, y: height - 4, "text-anchor": "end" }, "input"));
    const levels = marks.map((one) => (one.beyond ? one.beyond * -height : y(one.at)));
    // Two labels share a line only where they have to.
    const room = (right - left) / (Math.abs(levels[0] - levels[1]) < 2 * LINE ? 2 : 1);
    marks.forEach((one, i) => picture.append(...drawnMark(one, levels[i], { left, right, top, bottom, room })));
    const radius = PLACES > 300 ? 3 : DATA.n > 60 ? 5 : 7;
    const dots = points.map((one, i) => (Number.isFinite(one) ? `M${across(i).toFixed(1)} ${y(one).toFixed(1)}h0` : ""));
    const gaps = points.map((one, i) => (Number.isFinite(one) || codeAt(series, i) === UNLISTED ? "" : `M${across(i).toFixed(1)} ${bottom - 2}v6`));
    picture.append(
      svg("path", { class: "gaps", d: gaps.join("") }),
      svg("path", { class: "dots", d: dots.join(""), "stroke-width": radius }),
    );
    const taken = DATA.taken[row];
    if (taken !== null && Number.isFinite(points[placeOf(taken)])) {
      picture.append(svg("circle", { class: "taken", cx: x(taken), cy: y(points[placeOf(taken)]), r: radius / 2 + 3.5 }));
    }
    const cursor = svg("circle", { class: "cursor", r: radius / 2 + 2, visibility: "hidden" });
    picture.append(cursor);
    picture.addEventListener("pointermove", (event) => {
      const from = event.clientX - picture.getBoundingClientRect().left;
      const guess = DATA.n === 1 ? 0 : Math.round(((from - left - 10) / (right - left - 20)) * (DATA.n - 1));
      const i = nearest(series, Math.max(0, Math.min(DATA.n - 1, guess)));
      readout.textContent = `Input ${numberAt(i)}, ${textAt(DATA.names, i)}: ${textAt(series, i) ?? "no value"}`;
      const seen = Number.isFinite(points[i]);
      cursor.setAttribute("visibility", seen ? "visible" : "hidden");
      if (seen) {
        cursor.setAttribute("cx", across(i));
        cursor.setAttribute("cy", y(points[i]));
      }
    });
    picture.addEventListener("pointerleave", () => {
      cursor.setAttribute("visibility", "hidden");
      readout.textContent = "";
    });
    return [picture];
  };
  return html("figure", { class: "picture" }, drawnToFit(html("div", { class: "canvas" }), draw), readout);
}

// The place of the input that is listed and nearest to one.
function nearest(series, row) {
  if (!DATA.drawn) {
    return row;
  }
  let best = 0, least = Infinity;
  DATA.drawn.rows.forEach((other, place) => {
    const away = Math.abs(other - row);
    if (away < least && codeAt(series, place) !== UNLISTED) {
      [best, least] = [place, away];
    }
  });
  return best;
}

// What the blend gave, and what was set later: a line, or an arrow where it is far beyond what the
// inputs said. The later one has its label at the left, so that the two do not meet.
function drawnMark(mark, at, { left, right, top, bottom, room }) {
  const kind = mark.later ? "later" : "blended";
  const text = shortened(mark.label, Math.max(8, Math.floor(room / FONT) - 4));
  const [x, anchor, inwards] = mark.later ? [left + 4, "start", 1] : [right, "end", -1];
  if (!mark.beyond) {
    const above = at - top > 12 ? at - 6 : at + LINE;
    return [
      svg("line", { class: `mark-line ${kind}`, x1: left, x2: right, y1: at, y2: at }),
      svg("text", { class: `label ${kind}`, x, y: above, "text-anchor": anchor }, text),
    ];
  }
  const [tip, foot, line] = mark.beyond > 0 ? [top - 16, top - 8, top - 8] : [bottom + 8, bottom, bottom];
  const middle = x + 6 * inwards;
  return [
    svg("path", { class: `arrow ${kind}`, d: `M${middle - 6} ${foot}l6 ${tip - foot}l6 ${foot - tip}z` }),
    svg("text", { class: `label beyond ${kind}`, x: x + 18 * inwards, y: line + 2, "text-anchor": anchor }, text),
  ];
}
