// Pointing at a citation, or reaching it by keyboard, shows the reference that the table of sources holds.
// It stays while pointer or focus is on either, can be pointed at itself, and goes with Escape (WCAG 1.4.13).
const reference = document.getElementById("reference");
let cited = null;
let leaving = 0;

function showReference(link) {
  clearTimeout(leaving);
  if (link === cited) return;
  const row = addressed(link.hash);
  if (!row) return;
  hideReference();
  cited = link;
  reference.textContent = row.querySelector(".reference").firstChild.textContent;
  reference.hidden = false;
  link.setAttribute("aria-describedby", "reference");
  const edge = 8;
  const [at, own] = [link.getClientRects()[0], reference.getBoundingClientRect()];
  const left = Math.max(edge, Math.min(at.left, document.documentElement.clientWidth - own.width - edge));
  const fits = at.bottom + own.height < innerHeight || at.top < own.height;
  reference.style.left = `${left + scrollX}px`;
  reference.style.top = `${(fits ? at.bottom : at.top - own.height) + scrollY}px`;
}

function hideReference() {
  clearTimeout(leaving);
  cited?.removeAttribute("aria-describedby");
  cited = null;
  reference.hidden = true;
}

const citationOf = (event) => event.target.closest?.("a.cite");
// A move, not "over": what comes to lie under a pointer at rest was not pointed at.
document.addEventListener("pointermove", (event) => {
  if (event.pointerType === "touch") return; // a finger follows the link
  if (citationOf(event)) showReference(citationOf(event));
  else if (event.target === reference) clearTimeout(leaving);
});
document.addEventListener("pointerout", (event) => {
  if (!cited || (citationOf(event) !== cited && event.target !== reference)) return;
  leaving = setTimeout(() => { if (document.activeElement !== cited) hideReference(); }, 300);
});
document.addEventListener("focusin", (event) => {
  if (citationOf(event)?.matches(":focus-visible")) showReference(citationOf(event));
  else hideReference();
});
document.addEventListener("focusout", hideReference);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") hideReference();
});
