(function () {
  "use strict";
  var root = document.documentElement;
  var controls = ["agency", "severity", "code"].map(function (name) {
    return { name: name, box: document.getElementById("by-" + name) };
  });
  var search = document.getElementById("by-text");
  var rows = Array.prototype.slice.call(document.querySelectorAll("#findings tbody tr"));
  var shown = document.getElementById("shown");
  var none = document.getElementById("none");
  if (!search) { return; }
  var counted = shown.textContent;
  var texts = rows.map(function (row) { return row.textContent.toLowerCase(); });

  function chosen(control) { return control.box.options[control.box.selectedIndex].text; }

  function filter() {
    var words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    var count = 0;
    rows.forEach(function (row, at) {
      var fits = controls.every(function (control) {
        return control.box.value === "" || row.getAttribute("data-" + control.name) === control.box.value;
      }) && words.every(function (word) { return texts[at].indexOf(word) >= 0; });
      row.hidden = !fits;
      if (fits) { count += 1; }
    });
    var by = controls.filter(function (control) { return control.box.value !== ""; }).map(chosen);
    if (words.length > 0) { by.push("“" + search.value.trim() + "”"); }
    shown.textContent = by.length > 0
      ? "显示 " + count + " 处，" + counted + "（筛选：" + by.join("、") + "）"
      : counted;
    none.hidden = count > 0;
  }

  function clear() {
    controls.forEach(function (control) { control.box.value = ""; });
    search.value = "";
    filter();
  }

  controls.forEach(function (control) { control.box.addEventListener("change", filter); });
  search.addEventListener("input", filter);
  document.getElementById("clear").addEventListener("click", function () { clear(); search.focus(); });
  document.getElementById("print").addEventListener("click", function () { window.print(); });
  root.className = "js";
  filter();
}());
