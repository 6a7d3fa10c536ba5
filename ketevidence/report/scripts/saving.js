// A chart is saved as picture, drawing or rows; picture and drawing carry the record that the page holds.
const carrier = document.querySelector('script[id$="-provenance"]');
const mark = carrier.id.replace("-provenance", "");
const bytesOf = (text) => new TextEncoder().encode(text);
const escaped = (text) => text
  .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, " ")
  .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const DOTS = 300; // an inch

function words(record) {
  const { name = "", version = "", licence = "" } = record.evidence;
  const said = { Title: record.title, Description: record.alt, Source: `${name} ${version}`, Copyright: licence };
  return Object.entries(said).filter(([, text]) => text);
}

function drawn(figure, added) {
  const copy = figure.querySelector("svg").cloneNode(true);
  for (const name of ["role", "aria-labelledby", "focusable"]) copy.removeAttribute(name);
  return new XMLSerializer().serializeToString(copy).replace(/^<svg [^>]*>/, (start) => start + added);
}

const element = (name, content, more = "") => `<${name}${more}>${content}</${name}>`;

function drawing(figure, record) {
  const carried = element("provenance", escaped(JSON.stringify(record)), ` xmlns="urn:${mark}:provenance"`);
  const added = { title: escaped(record.title), desc: escaped(record.alt), metadata: carried };
  const inside = Object.entries(added).map(([name, content]) => element(name, content)).join("");
  return `<?xml version="1.0" encoding="utf-8"?>\n${drawn(figure, inside)}\n`;
}

// The browser draws; it has Verdana where it lacks the font for which the chart was set.
async function picture(figure, record) {
  const font = '<style>text { font-family: "DejaVu Sans", Verdana, Arial, sans-serif !important; }</style>';
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(drawn(figure, font))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  const [, , width, height] = figure.querySelector("svg").getAttribute("viewBox").split(" ").map(Number);
  [canvas.width, canvas.height] = [width, height].map((points) => Math.round((points / 72) * DOTS));
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  const made = await new Promise((done) => canvas.toBlob(done, "image/png"));
  const png = new Uint8Array(await made.arrayBuffer());
  const chunks = [...words(record), [mark, JSON.stringify(record)]].map(([name, text]) =>
    chunk("iTXt", bytesOf(`${name}\0\0\0\0\0${text}`)));
  const dots = new DataView(new ArrayBuffer(9));
  for (const place of [0, 4]) dots.setUint32(place, Math.round(DOTS / 0.0254));
  dots.setUint8(8, 1);
  const head = 33; // signature and IHDR
  return [png.slice(0, head), chunk("pHYs", new Uint8Array(dots.buffer)), ...chunks, png.slice(head)];
}

function chunk(type, content) {
  const typed = new Uint8Array([...bytesOf(type), ...content]);
  const made = new DataView(new ArrayBuffer(typed.length + 8));
  made.setUint32(0, content.length);
  new Uint8Array(made.buffer).set(typed, 4);
  made.setUint32(typed.length + 4, crc(typed));
  return made.buffer;
}

function crc(bytes) {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}

const MAKERS = {
  png: async (figure, record) => [await picture(figure, record), "image/png"],
  svg: async (figure, record) => [[drawing(figure, record)], "image/svg+xml"],
  csv: async (figure, record) => [["\ufeff", record.frames[0].rows], "text/csv"], // Excel needs the mark to read UTF-8
};

async function save(button) {
  const figure = button.closest("figure");
  const ending = button.dataset.save;
  const name = figure.id.replace("chart-", "");
  const record = JSON.parse(carrier.textContent)[figure.dataset.record];
  const [parts, type] = await MAKERS[ending](figure, record);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(parts, { type }));
  link.download = [mark, name, record.evidence.version].filter(Boolean).join("-") + `.${ending}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

for (const button of document.querySelectorAll("button[data-save]")) button.addEventListener("click", () => save(button));
for (const line of document.querySelectorAll("p.save")) line.hidden = false;
