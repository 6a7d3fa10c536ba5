// The tables read without scripts; with them their rows are searched, filtered and sorted.
const FIRST = 50; // rows shown at first, as in page.css: more take long to lay out and longer to read
const finders = new Map();
const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

// What an address in this page names, if anything.
function addressed(hash) {
  try {
    return document.getElementById(decodeURIComponent(hash.slice(1)));
  } catch {
    return null; // no text that was ever written in this way
  }
}

// A text as it is compared: without accents, any blank as one space, any minus or dash as the hyphen that a reader types.
const plain = (text) =>
  text.normalize("NFD").replace(/\p{M}/gu, "").replace(/\s+/g, " ").replace(/[\p{Pd}−]/gu, "-").toLowerCase();

// The number with which a text begins, if it begins with one.
function leading(text) {
  const found = /^[≤≥<>~ ]*([−-]?[\d,]*\.?\d+)/.exec(text);
  return found ? Number(found[1].replace("−", "-").replaceAll(",", "")) : NaN;
}

// The rows in the order of a column: by the number with which a cell begins, then by text; what is empty stands last.
function sorted(rows, place, sign) {
  const words = rows.map((row) => row.cells[place].textContent.trim());
  const texts = new Map([...new Set(words)].sort(collator.compare).map((text, rank) => [text, rank]));
  const keys = rows.map((row, at) => ({ row, text: words[at], rank: texts.get(words[at]), number: leading(words[at]) }));
  keys.sort((one, other) => {
    if (!one.text || !other.text) return !one.text - !other.text;
    const kind = Number.isNaN(one.number) - Number.isNaN(other.number);
    return sign * (kind || one.number - other.number || one.rank - other.rank);
  });
  return keys.map((key) => key.row);
}

class Finder {
  constructor(form) {
    this.form = form;
    this.table = document.getElementById(form.dataset.table);
    this.rows = [...this.table.tBodies[0].rows];
    this.order = this.rows;
    this.limit = FIRST;
    this.search = form.querySelector("input");
    this.choices = [...form.querySelectorAll("select")];
    this.said = form.querySelector("output");
    this.more = this.table.closest("section").querySelector("button.more");
    this.values = new Map(this.rows.map((row) => [row, row.dataset.values.split(" ")]));
    form.addEventListener("input", () => this.show());
    form.addEventListener("focusin", () => this.texts);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(() => this.restart()));
    this.more.addEventListener("click", () => {
      const next = this.kept()[this.limit];
      this.limit = Infinity;
      this.show();
      next.tabIndex = -1;
      next.focus({ preventScroll: true }); // the button is gone: reading goes on at the first new row
    });
    this.heads = [...this.table.tHead.rows[0].cells];
    this.heads.forEach((head, place) => this.sortable(head, place));
    form.hidden = false;
    this.show();
  }

  get texts() {
    this.words ??= new Map(this.rows.map((row) => [row, plain(`${row.id.replace(/^\w+-/, "")} ${row.textContent}`)]));
    return this.words;
  }

  sortable(head, place) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const direction = { ascending: "descending", descending: "" }[head.getAttribute("aria-sort")] ?? "ascending";
      this.sort(direction && place, direction);
      this.show();
    });
  }

  sort(place, direction) {
    this.heads.forEach((head, own) => {
      if (direction && own === place) head.setAttribute("aria-sort", direction);
      else head.removeAttribute("aria-sort");
    });
    this.order = direction ? sorted(this.rows, place, direction === "descending" ? -1 : 1) : this.rows;
  }

  // The rows that hold every word (words in quotation marks together) and every value chosen.
  kept() {
    const words = (plain(this.search.value).match(/"[^"]+"|[^\s"]+/g) ?? []).map((word) => word.replaceAll('"', ""));
    const chosen = this.choices.map((choice) => choice.value);
    return this.order.filter((row) => {
      const values = this.values.get(row);
      return chosen.every((value, place) => !value || values[place] === value)
        && words.every((word) => this.texts.get(row).includes(word));
    });
  }

  show() {
    const kept = this.kept();
    const shown = new Set(kept.length > 1.5 * this.limit ? kept.slice(0, this.limit) : kept);
    for (const row of this.rows) if (row.hidden === shown.has(row)) row.hidden = !row.hidden;
    const first = document.createDocumentFragment();
    for (const row of shown) first.append(row);
    this.table.tBodies[0].prepend(first); // hidden rows may stand anywhere
    const all = `${this.rows.length.toLocaleString("en")} ${this.form.dataset.noun}`;
    const found = kept.length < this.rows.length ? `${kept.length.toLocaleString("en")} of ${all}` : all;
    this.said.value = shown.size < kept.length ? `${found}, the first ${shown.size} shown` : found;
    this.more.hidden = shown.size === kept.length;
    this.more.textContent = `Show all ${kept.length.toLocaleString("en")}`;
  }

  restart(least = 0) {
    this.limit = Math.max(FIRST, least);
    this.sort("", "");
    this.show();
  }

  reveal(row) {
    if (!row.hidden) return;
    for (const field of [this.search, ...this.choices]) field.value = "";
    this.restart(this.rows.indexOf(row) + FIRST / 2);
  }
}

// On paper rows stand in their own order, whatever was searched or sorted.
addEventListener("beforeprint", () => {
  for (const finder of finders.values()) finder.table.tBodies[0].append(...finder.rows);
});
addEventListener("afterprint", () => {
  for (const finder of finders.values()) finder.show();
});

for (const form of document.querySelectorAll("form.find")) {
  const finder = new Finder(form);
  finders.set(finder.table, finder);
}
