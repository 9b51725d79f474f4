// When the inputs were exposed: a lane for each detector, a colour for each filter.

const MOST_COLOURS = 6;
const MOST_LETTERS = 14;
const LANE = 22, BAR = 12;
const NEAR = 8; // how far from a bar one may point and mean it

function timeline() {
  const shown = [];
  for (let i = 0; i < PLACES; i++) {
    const start = DATA.start[i] ?? DATA.end[i];
    if (start !== null) {
      shown.push({ i, start, end: Math.max(start, DATA.end[i] ?? start) });
    }
  }
  if (shown.length === 0) {
    return;
  }
  const section = document.getElementById("timeline");
  const figure = section.querySelector(".figure");
  section.hidden = false;
  const lanes = distinctTexts(DATA.detector, shown).sort((a, b) => (a < b ? -1 : 1));
  const optics = byFrequency(DATA.optics, shown);
  const colour = (text) => Math.min(optics.indexOf(text), MOST_COLOURS);
  const pieces = piecesOf(shown);
  const readout = html("p", { class: "readout", "aria-hidden": "true" });
  const label = `${many(shown.length, "exposure")} by ${many(lanes.length, "detector")}, from `
    + `${new Date(pieces[0].start).toISOString().slice(0, 19)} to ${new Date(pieces.at(-1).end).toISOString().slice(0, 19)} UTC. The table of the inputs has them${DATA.drawn ? "" : " all"}.`;

  const draw = (width) => {
    const left = Math.min(0.3 * width, 7.5 * Math.max(4, ...lanes.map((one) => Math.min(one.length, MOST_LETTERS))) + 14);
    const top = 8, bottom = top + LANE * lanes.length;
    const x = scaleOf(pieces, left, width - 8);
    const picture = svg("svg", { width, height: bottom + 40, role: "img", "aria-label": label });
    lanes.forEach((lane, k) => {
      const middle = top + LANE * (k + 0.5);
      picture.append(
        svg("line", { class: "lane", x1: left, x2: width - 8, y1: middle, y2: middle }),
        svg("text", { class: "tick", x: left - 10, y: middle + 4, "text-anchor": "end" }, shortened(lane, MOST_LETTERS) || "unknown"),
      );
    });
    picture.append(...timeAxis(pieces, x, bottom));
    const bars = shown.map((one) => {
      const lane = lanes.indexOf(textAt(DATA.detector, one.i));
      const from = x(one.start);
      const to = Math.max(from + 2, x(one.end));
      const bar = svg("rect", {
        class: `bar hue${colour(textAt(DATA.optics, one.i))}`, x: from.toFixed(1), width: (to - from).toFixed(1),
        y: top + LANE * (lane + 0.5) - BAR / 2, height: BAR, rx: 2,
      });
      picture.append(bar);
      return { ...one, lane, from, to, bar };
    });
    let pointed = null;
    const point = (at) => {
      pointed?.bar.classList.remove("pointed");
      at?.bar.classList.add("pointed");
      pointed = at;
      readout.textContent = at ? exposureText(at) : "";
    };
    picture.addEventListener("pointermove", (event) => {
      const box = picture.getBoundingClientRect();
      const across = event.clientX - box.left;
      const lane = Math.floor((event.clientY - box.top - top) / LANE);
      const away = (one) => Math.max(one.from - across, across - one.to, 0);
      const near = bars.filter((one) => one.lane === lane && away(one) <= NEAR);
      point(near.reduce((best, one) => (best && away(best) <= away(one) ? best : one), null));
    });
    picture.addEventListener("pointerleave", () => point(null));
    return [picture];
  };
  figure.append(html("div", { class: "head" }, legend(optics, colour), readout), drawnToFit(html("div", { class: "canvas" }), draw));
}

function exposureText({ i, start, end }) {
  const moment = (at) => new Date(at).toISOString().slice(0, 19).replace("T", " ");
  return `Input ${numberAt(i)}, ${textAt(DATA.names, i)}: ${textAt(DATA.detector, i)} ${textAt(DATA.optics, i)}, `
    + `${moment(start)} to ${moment(end).slice(11)} (${lasting(end - start)})`;
}

function distinctTexts(coded, shown) {
  return [...new Set(shown.map(({ i }) => textAt(coded, i)))];
}

// The different texts; first those that get a colour of their own, which are the most frequent.
function byFrequency(coded, shown) {
  const counts = new Map();
  for (const { i } of shown) {
    counts.set(textAt(coded, i), (counts.get(textAt(coded, i)) ?? 0) + 1);
  }
  const order = (a, b) => (a < b ? -1 : 1);
  const all = [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a) || order(a, b));
  return [...all.slice(0, MOST_COLOURS).sort(order), ...all.slice(MOST_COLOURS)];
}

function legend(optics, colour) {
  const own = optics.length === MOST_COLOURS + 1 ? optics.length : MOST_COLOURS;
  const told = optics.slice(0, own).map((text) => html(
    "li", {}, html("span", { class: `swatch hue${colour(text)}` }), bdi(shortened(text, 2 * MOST_LETTERS) || "unknown")));
  if (optics.length > own) {
    told.push(html("li", {}, html("span", { class: `swatch hue${MOST_COLOURS}` }), `${optics.length - own} others`));
  }
  return html("ul", { class: "legend" }, ...told);
}

// The stretches of time in which exposures were taken. Long times without any are left out.
function piecesOf(shown) {
  const sorted = [...shown].sort((a, b) => a.start - b.start);
  const busy = [];
  for (const { start, end } of sorted) {
    const last = busy.at(-1);
    if (last && start <= last.end) {
      last.end = Math.max(last.end, end);
    } else {
      busy.push({ start, end });
    }
  }
  const total = busy.reduce((sum, one) => sum + one.end - one.start, 0);
  const joined = [busy[0]];
  for (const one of busy.slice(1)) {
    if (one.start - joined.at(-1).end > Math.max(total, MINUTE)) {
      joined.push({ ...one });
    } else {
      joined.at(-1).end = one.end;
    }
  }
  return joined.length <= 8 ? joined : [{ start: busy[0].start, end: busy.at(-1).end }];
}

const GAP = 26;

// Time to place, piece by piece.
function scaleOf(pieces, left, right) {
  const room = right - left - GAP * (pieces.length - 1);
  const least = 0.5 * room / pieces.length;
  const total = pieces.reduce((sum, one) => sum + one.end - one.start, 0) || 1;
  let at = left;
  const parts = pieces.map((one) => {
    const width = least + 0.5 * room * ((one.end - one.start) / total);
    const part = { ...one, from: at, to: at + width };
    at += width + GAP;
    return part;
  });
  const scale = (moment) => {
    const part = parts.find((one) => moment <= one.end) ?? parts.at(-1);
    return part.from + ((moment - part.start) / (part.end - part.start || 1)) * (part.to - part.from);
  };
  scale.parts = parts;
  return scale;
}

function timeAxis(pieces, scale, bottom) {
  const drawn = [];
  scale.parts.forEach((part, k) => {
    drawn.push(svg("line", { class: "axis", x1: part.from, x2: part.to, y1: bottom, y2: bottom }));
    const wanted = Math.max(1, (part.to - part.from) / 110);
    for (const { at, text } of ticks("time", part.start, part.end, wanted)) {
      const x = scale(at);
      drawn.push(svg("line", { class: "axis", x1: x, x2: x, y1: bottom, y2: bottom + 4 }));
      if (x - part.from > 14 && part.to - x > 14) {
        drawn.push(svg("text", { class: "tick", x, y: bottom + 17, "text-anchor": "middle" }, text));
      }
    }
    const day = new Date(part.start).toISOString().slice(0, 10);
    drawn.push(svg("text", { class: "tick day", x: part.from, y: bottom + 33 }, day));
    const next = scale.parts[k + 1];
    if (next) {
      const middle = (part.to + next.from) / 2;
      drawn.push(
        svg("path", { class: "axis", d: `M${middle - 5} ${bottom + 4}l4 -8M${middle + 1} ${bottom + 4}l4 -8` }),
        svg("text", { class: "tick gap", x: middle, y: bottom + 17, "text-anchor": "middle" }, lasting(next.start - part.end)),
      );
    }
  });
  return drawn;
}
