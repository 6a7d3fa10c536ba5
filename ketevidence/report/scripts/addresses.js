// A link inside the page opens and shows what it leads to; coming back leads to where one was.
const back = document.createElement("button");
back.type = "button";
back.className = "back";
back.textContent = "↩ Back";
back.addEventListener("click", () => history.back());
const left = [];

function uncovered(hash) {
  const target = addressed(hash);
  for (let box = target; box; box = box.parentElement) if (box.tagName === "DETAILS") box.open = true;
  if (target?.tagName === "TR") finders.get(target.closest("table"))?.reveal(target);
  return target;
}

const covered = (target) => target.closest("[hidden]") || target.closest("details:not([open])");

document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#"]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const target = uncovered(link.hash);
  hideReference();
  if (target?.tagName !== "TR" || target.contains(link)) return;
  left.push({ link, height: scrollY });
  (target.querySelector(".reference") ?? target.cells[0]).append(" ", back);
});

// The browser scrolls by itself; it cannot where the target was covered.
addEventListener("hashchange", () => {
  const target = addressed(location.hash);
  if (target && covered(target)) uncovered(location.hash).scrollIntoView();
});
addEventListener("popstate", () => {
  const last = left.at(-1);
  if (!last || last.link.hash === location.hash) return; // went forward: by a link, not back
  left.pop();
  back.remove();
  setTimeout(() => { // after the browser, which goes to the beginning of a statement named in the address
    last.link.focus({ preventScroll: true });
    scrollTo(0, last.height);
  });
});

for (const button of document.querySelectorAll("button[data-open]"))
  button.addEventListener("click", () => {
    for (const box of document.querySelectorAll("details.statement")) box.open = button.dataset.open === "all";
  });
document.querySelector("button[data-print]").addEventListener("click", () => print());
for (const line of document.querySelectorAll(".acts")) line.hidden = false;
uncovered(location.hash)?.scrollIntoView();
document.documentElement.dataset.ready = "yes";
