(function () {
  "use strict";
  var all = function (query, from) {
    return Array.prototype.slice.call((from || document).querySelectorAll(query));
  };
  var byId = function (name) { return document.getElementById(name); };

  // --- sorting: a button in each head; what has no number stays last -------------------------

  function key(row, column) {
    var cell = row.cells[column];
    var value = cell.getAttribute("data-v");
    if (value !== null) { return Number(value); }
    return cell.className.split(" ").indexOf("n") >= 0 ? null : cell.textContent.trim();
  }

  function compare(a, b) {
    if (typeof a === "number" && typeof b === "number") { return a - b; }
    return String(a).localeCompare(String(b), "zh-CN", { numeric: true });
  }

  function sort(table, column, head) {
    var down = head.getAttribute("aria-sort") === "ascending";
    var body = table.tBodies[0];
    var rows = all("tr", body).map(function (row, place) {
      return { row: row, key: key(row, column), place: place };
    });
    rows.sort(function (a, b) {
      if (a.key === null || b.key === null) {
        return (a.key === null) - (b.key === null) || a.place - b.place;
      }
      return (down ? -1 : 1) * compare(a.key, b.key) || a.place - b.place;
    });
    all("th[aria-sort]", table).forEach(function (one) { one.removeAttribute("aria-sort"); });
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    rows.forEach(function (one) { body.appendChild(one.row); });
  }

  all("table.sortable").forEach(function (table) {
    all("thead th", table).forEach(function (head, column) {
      var button = head.querySelector("button");
      if (button) { button.addEventListener("click", function () { sort(table, column, head); }); }
    });
  });

  // --- filtering: the list and the curves together -------------------------------------------

  var controls = ["kind", "domain", "agency", "light"].map(function (name) {
    return { name: name, box: byId("by-" + name) };
  });
  var search = byId("by-text");
  var rows = all("#list tbody tr[data-kind]");
  var cards = all("figure[data-kind]");
  var texts = new Map();
  rows.concat(cards).forEach(function (one) { texts.set(one, one.textContent.toLowerCase()); });

  function fits(one, words) {
    return controls.every(function (control) {
      var wanted = control.box.value;
      return wanted === "" || one.getAttribute("data-" + control.name) === wanted;
    }) && words.every(function (word) { return texts.get(one).indexOf(word) >= 0; });
  }

  function filter() {
    var words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    var count = 0;
    rows.forEach(function (row) {
      row.hidden = !fits(row, words);
      if (!row.hidden) { count += 1; }
    });
    cards.forEach(function (card) { card.hidden = !fits(card, words); });
    var by = controls.filter(function (control) { return control.box.value !== ""; })
      .map(function (control) { return control.box.options[control.box.selectedIndex].text; });
    if (words.length > 0) { by.push("“" + search.value.trim() + "”"); }
    byId("shown").textContent = by.length > 0
      ? "显示 " + count + " 项，共 " + rows.length + " 项（筛选：" + by.join("、") + "）"
      : "共 " + rows.length + " 项";
    byId("none").hidden = count > 0;
  }

  controls.forEach(function (control) { control.box.addEventListener("change", filter); });
  search.addEventListener("input", filter);
  byId("clear").addEventListener("click", function () {
    controls.forEach(function (control) { control.box.value = ""; });
    search.value = "";
    filter();
    search.focus();
  });
  byId("print").addEventListener("click", function () { window.print(); });

  // --- explanations: Escape closes what covers the table --------------------------------------

  all(".lamp").forEach(function (lamp) {
    var open = function () { lamp.classList.remove("closed"); };
    lamp.addEventListener("mouseenter", open);
    lamp.addEventListener("focusin", open);
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") { return; }
    all(".lamp").forEach(function (lamp) { lamp.classList.add("closed"); });
  });

  document.documentElement.className = "js";
  filter();
}());
