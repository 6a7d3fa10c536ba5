const searched = [];

// A statement named in the address, or holding what is named there, opens itself.
function reveal() {
  const name = decodeURIComponent(location.hash.slice(1));
  if (!document.getElementById(name)) for (const table of searched) table.search("").draw();
  const target = document.getElementById(name);
  if (!target) return;
  for (let box = target; box; box = box.parentElement) if (box.tagName === "DETAILS") box.open = true;
  target.scrollIntoView();
}
for (const button of document.querySelectorAll("button[data-open]"))
  button.addEventListener("click", () => {
    for (const box of document.querySelectorAll("details.statement")) box.open = button.dataset.open === "all";
  });
window.addEventListener("hashchange", reveal);

// The tables read without this; with it they are searched and sorted.
const bytes = Uint8Array.from(atob(window.tableLibrary), (character) => character.charCodeAt(0));
const address = URL.createObjectURL(new Blob([bytes], { type: "text/javascript" }));
const { default: DataTable } = await import(address);
URL.revokeObjectURL(address);
for (const table of document.querySelectorAll("table.searchable"))
  searched.push(new DataTable(table, {
    paging: false, order: [], autoWidth: false,
    language: { search: "Search", info: "_TOTAL_ rows", infoFiltered: "of _MAX_", infoEmpty: "no rows", zeroRecords: "nothing found" },
  }));
reveal();
document.documentElement.dataset.ready = "yes";
