// Elements of the page. Texts become text nodes, and nothing else: there is no way here to make
// markup of a text.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  element.append(...children.filter((one) => one !== null && one !== undefined));
  return element;
}

function html(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

// Other people's text, whose direction of writing is its own affair.
function bdi(text, attributes = {}) {
  return html("bdi", attributes, text);
}

// A text that has no more room than for so many characters.
function shortened(text, most) {
  // Letters, some of which JavaScript counts as two.
  const letters = Array.from(text);
  return letters.length > most ? `${letters.slice(0, Math.max(1, most - 1)).join("")}…` : text;
}

// Draw something now, and again whenever the width that it has changes.
function drawnToFit(element, draw) {
  let width = 0;
  new ResizeObserver(() => {
    const now = Math.floor(element.clientWidth);
    if (now > 0 && now !== width) {
      width = now;
      element.replaceChildren(...draw(now));
    }
  }).observe(element);
  return element;
}
