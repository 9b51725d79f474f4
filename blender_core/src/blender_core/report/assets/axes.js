// Axes: round numbers and moments on them.

const SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const TIME_STEPS = [
  1, 10, 100, SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 20 * SECOND, 30 * SECOND,
  MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 20 * MINUTE, 30 * MINUTE,
  HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR,
  DAY, 2 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 90 * DAY,
];
const YEAR_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

// Round numbers from low to high, about as many as wanted, as { at, text }.
function ticks(kind, low, high, wanted) {
  if (kind === "time") {
    return timeTicks(low, high, wanted);
  }
  if (kind === "clock") {
    return timeTicks(low * SECOND, high * SECOND, wanted)
      .map(({ at, text }) => ({ at: at / SECOND, text }));
  }
  // Inputs are counted, and there is nothing between two of them.
  const rough = Math.max((high - low) / wanted || 1, kind === "count" ? 1 : 0);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((one) => one * power >= rough) ?? 10);
  const magnitude = Math.floor(Math.log10(Math.max(Math.abs(low), Math.abs(high), step)));
  const smallest = Math.floor(Math.log10(step) + 1e-9);
  const digits = Math.max(0, -smallest);
  const isPlain = magnitude < 9 && Math.max(0, magnitude) + digits < 17;
  const textOf = (at) => {
    if (isPlain) {
      return at.toFixed(digits);
    }
    return at === 0 ? "0" : at.toExponential(Math.max(0, Math.min(magnitude - smallest, 15)));
  };
  const found = [];
  const first = Math.ceil(low / step - 1e-9);
  for (let i = 0; i <= 2 * wanted + 2; i++) {
    const at = (first + i) * step;
    if (at > high + 1e-9 * step) {
      break;
    }
    // Steps between numbers that are almost the same get lost in rounding.
    if (at >= low - 1e-9 * step && textOf(at) !== found.at(-1)?.text) {
      found.push({ at, text: textOf(at) });
    }
  }
  return found;
}

function timeTicks(low, high, wanted) {
  const rough = (high - low) / wanted;
  const step = TIME_STEPS.find((one) => one >= rough);
  if (step === undefined) {
    return yearTicks(low, high, rough);
  }
  const found = [];
  for (let at = Math.ceil(low / step) * step; at <= high && found.length <= 50; at += step) {
    found.push({ at, text: momentText(at, step) });
  }
  return found;
}

// Beginnings of years.
function yearTicks(low, high, rough) {
  const years = rough / (365.25 * DAY);
  const step = YEAR_STEPS.find((one) => one >= years) ?? YEAR_STEPS.at(-1);
  const found = [];
  for (let year = Math.ceil(new Date(low).getUTCFullYear() / step) * step; found.length <= 50; year += step) {
    const at = new Date(0).setUTCFullYear(year, 0, 1);
    if (at > high) {
      break;
    }
    if (at >= low) {
      found.push({ at, text: String(year) });
    }
  }
  return found;
}

// A moment to the precision that a step between moments asks for.
function momentText(at, step) {
  const text = new Date(at).toISOString();
  if (step >= DAY) {
    return text.slice(0, 10);
  }
  return text.slice(11, step >= MINUTE ? 16 : step >= SECOND ? 19 : 23);
}

// How long something lasts, in its largest unit.
function lasting(milliseconds) {
  for (const [unit, length] of [["d", DAY], ["h", HOUR], ["min", MINUTE]]) {
    if (milliseconds >= length) {
      return `${Math.round(milliseconds / length)} ${unit}`;
    }
  }
  return `${Math.round(milliseconds / SECOND)} s`;
}
