// A stand-in for WPS 表格's JS API, as far as the add-in uses it. Strict where WPS is believed to be.
(function (DATA, STATE, HELPER) {
    var sheets = DATA.sheets, formulas = DATA.formulas, order = DATA.order, names = DATA.names;
    var said = [], log = [], functions = {}, cut = null, copied = null;
    function col(s) { var n = 0; for (var i = 0; i < s.length; i++) n = n * 26 + s.charCodeAt(i) - 64; return n - 1; }
    function area(a) {
        var p = a.replace(/\$/g, "").split(":"), f = /^([A-Z]*)([0-9]*)$/.exec(p[0]), l = /^([A-Z]*)([0-9]*)$/.exec(p[1] || p[0]);
        if (!f || !l) throw new Error("bad address " + a);
        return {
            top: f[2] ? f[2] - 1 : 0, left: f[1] ? col(f[1]) : 0,
            bottom: l[2] ? l[2] - 1 : 1048575, right: l[1] ? col(l[1]) : 16383,
            rows: !f[1], columns: !f[2]
        };
    }
    function Range(sheet, box) { this._s = sheet; this._b = box; }
    function get(sheet, r, c) { return sheets[sheet][r + "," + c]; }
    function values(range, of) {
        var b = range._b, out = [];
        for (var r = b.top; r <= b.bottom; r++) { var row = []; for (var c = b.left; c <= b.right; c++) row.push(of(r, c)); out.push(row); }
        return b.top === b.bottom && b.left === b.right ? out[0][0] : out;
    }
    function put(range, v, one) {
        var b = range._b, single = b.top === b.bottom && b.left === b.right;
        if (single && Array.isArray(v)) throw new Error("array for one cell");
        if (!single && (!Array.isArray(v) || v.length !== b.bottom - b.top + 1 || v[0].length !== b.right - b.left + 1)) throw new Error("shape");
        for (var r = b.top; r <= b.bottom; r++) for (var c = b.left; c <= b.right; c++) one(r + "," + c, single ? v : v[r - b.top][c - b.left]);
    }
    function enter(range, k, x, formula) {
        var s = sheets[range._s], f = formulas[range._s], period = range._s === "指标台账" && k === "2,2";
        delete f[k];
        if (x === "" || x === undefined || x === null) delete s[k];
        else if (typeof x === "string") {
            if (x.charAt(0) === "'") s[k] = x.slice(1);
            else if (formula && x.charAt(0) === "=") { f[k] = x; delete s[k]; }
            else if (period) s[k] = x;          // the cell is formatted as text
            else throw new Error("a text without its apostrophe would be parsed: " + x);
        } else s[k] = x;
    }
    Object.defineProperty(Range.prototype, "Value2", {
        get: function () { var s = this._s; return values(this, function (r, c) { return get(s, r, c); }); },
        set: function (v) { var t = this; put(t, v, function (k, x) { enter(t, k, x, false); }); }
    });
    Object.defineProperty(Range.prototype, "Formula", {
        get: function () {
            var s = this._s;
            return values(this, function (r, c) {
                var f = formulas[s][r + "," + c], v = get(s, r, c);
                return f !== undefined ? f : v === undefined ? "" : v;
            });
        },
        set: function (v) { var t = this; put(t, v, function (k, x) { enter(t, k, x, true); }); }
    });
    Object.defineProperty(Range.prototype, "Value", { value: function () { return this.Value2; } });   // a function in WPS
    Object.defineProperty(Range.prototype, "Worksheet", { get: function () { return Sheet(this._s); } });
    function shift(sheet, axis, first, by) {
        [sheets, formulas].forEach(function (all) {
            var moved = {};
            Object.keys(all[sheet]).forEach(function (k) {
                var p = k.split(",").map(Number);
                if (p[axis] >= first) p[axis] += by;
                else if (by < 0 && p[axis] >= first + by) return;
                moved[p.join(",")] = all[sheet][k];
            });
            all[sheet] = moved;
        });
    }
    function lift(range) {
        var b = range._b, out = [];
        [sheets, formulas].forEach(function (all, which) {
            Object.keys(all[range._s]).forEach(function (k) {
                var p = k.split(",").map(Number);
                if (p[0] >= b.top && p[0] <= b.bottom && p[1] >= b.left && p[1] <= b.right) {
                    out.push([which, p[0] - b.top, p[1] - b.left, all[range._s][k]]);
                    delete all[range._s][k];
                }
            });
        });
        return out;
    }
    function drop(lifted, sheet, top, left) {
        lifted.forEach(function (e) { [sheets, formulas][e[0]][sheet][(top + e[1]) + "," + (left + e[2])] = e[3]; });
    }
    Range.prototype.Insert = function (direction) {
        var b = this._b, lifted;
        if (copied) throw new Error("WPS would insert what was copied");
        if (b.rows) {
            if (direction !== -4121) throw new Error("direction");
            if (cut) {
                if (cut._b.top <= b.top) throw new Error("only upwards");
                lifted = lift(cut);
                shift(cut._s, 0, cut._b.bottom + 1, cut._b.top - cut._b.bottom - 1);
                shift(this._s, 0, b.top, cut._b.bottom - cut._b.top + 1);
                drop(lifted, this._s, b.top, 0);
                cut = null;
            } else shift(this._s, 0, b.top, b.bottom - b.top + 1);
        } else if (b.columns) {
            if (direction !== -4161) throw new Error("direction");
            shift(this._s, 1, b.left, b.right - b.left + 1);
        } else throw new Error("whole rows or columns only");
    };
    Range.prototype.Delete = function () {
        var b = this._b;
        lift(this);
        if (b.rows) shift(this._s, 0, b.bottom + 1, b.top - b.bottom - 1);
        else if (b.columns) shift(this._s, 1, b.right + 1, b.left - b.right - 1);
        else throw new Error("whole rows or columns only");
    };
    Range.prototype.Cut = function (target) {
        if (!target) { cut = this; return; }
        var lifted = lift(this), b = this._b;
        lift(new Range(target._s, { top: target._b.top, left: target._b.left, bottom: target._b.top + b.bottom - b.top, right: target._b.left + b.right - b.left }));
        drop(lifted, target._s, target._b.top, target._b.left);
    };
    Range.prototype.Copy = function () { copied = this; };
    Range.prototype.PasteSpecial = function (kind) { if (!copied || kind !== -4122) throw new Error("paste"); };
    Range.prototype.Merge = function () { log.push("merge"); };
    Range.prototype.UnMerge = function () { log.push("split"); };
    Range.prototype.AutoFit = function () { if (!this._b.rows) throw new Error("rows only"); };
    Range.prototype.RowHeight = 20;
    function Sheet(name) {
        return {
            Name: name, FilterMode: false,
            Range: function (a) { return new Range(name, area(a)); },
            Activate: function () { log.push("activate " + name); },
            get UsedRange() {
                var r = 0, c = 0;
                Object.keys(sheets[name]).concat(Object.keys(formulas[name])).forEach(function (k) { var p = k.split(","); r = Math.max(r, +p[0]); c = Math.max(c, +p[1]); });
                return new Range(name, { top: 0, left: 0, bottom: r, right: c });
            }
        };
    }
    function named(name) {
        var m = /^'?([^'!]+)'?!(\$?[A-Z]+\$?[0-9]+(:\$?[A-Z]+\$?[0-9]+)?)$/.exec(names[name] || "");
        if (!m) throw new Error("no range " + name);
        return new Range(m[1], area(m[2]));
    }
    var book = {
        FullName: DATA.path, Name: DATA.path.split("/").pop(),
        Worksheets: {
            get Count() { return order.length; },
            Item: function (n) {
                var name = typeof n === "number" ? order[n - 1] : n;
                if (!(name in sheets)) throw new Error("no sheet " + n);
                return Sheet(name);
            }
        },
        Names: {
            Item: function (n) { return { Name: n, get RefersToRange() { return named(n); } }; },
            Add: function (n, meaning) { if (meaning.charAt(0) !== "=") throw new Error("="); names[n] = meaning.slice(1); }
        },
        SaveCopyAs: function (p) {
            var x = new XMLHttpRequest();
            x.open("GET", HELPER + "/copy?" + encodeURIComponent(p), false);
            x.send();
            if (x.status !== 200) throw new Error("copy");
        }
    };
    var application = {
        ActiveWorkbook: book, Calculation: -4105, ScreenUpdating: true, StatusBar: false, UserName: "王敏",
        get CutCopyMode() { return !!copied; }, set CutCopyMode(v) { if (!v) copied = null; },
        Intersect: function (a, b) {
            if (a._s !== b._s) return null;
            var box = { top: Math.max(a._b.top, b._b.top), left: Math.max(a._b.left, b._b.left), bottom: Math.min(a._b.bottom, b._b.bottom), right: Math.min(a._b.right, b._b.right) };
            return box.top > box.bottom || box.left > box.right ? null : new Range(a._s, box);
        },
        CalculateFull: function () { log.push("calculate"); },
        FileDialog: function (kind) {
            if (kind !== 3 && kind !== 4) throw new Error("kind");
            return { Title: "", InitialFileName: "", Show: function () { return window.__picked ? -1 : 0; }, SelectedItems: { Item: function () { return window.__picked; } } };
        },
        Env: { GetHomePath: function () { return "/home/u"; } },
        FileSystem: { ReadFile: function (p) { if (p !== "/home/u/.qiyx/server.json" || !window.__state) throw new Error("no file"); return window.__state; } },
        AddCustomFunction: function (ns, name, f, meta) {
            if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new Error("name");
            functions[ns + "." + name] = { f: f, meta: meta };
        }
    };
    window.__state = STATE; window.__picked = null; window.__says = true; window.__typed = null;
    window.Application = window.wps = application;
    window.alert = function (t) { said.push(["alert", t]); };
    window.confirm = function (t) { said.push(["confirm", t]); return window.__says; };
    window.prompt = function (t, d) { said.push(["prompt", t]); return window.__typed === null ? d : window.__typed; };
    var sent = 0, really = XMLHttpRequest.prototype.send;
    XMLHttpRequest.prototype.send = function () { sent += 1; return really.apply(this, arguments); };
    // Recalculate the cells that hold one call of ours: like WPS, one call for each cell.
    function value(sheet, arg) {
        if (arg === "") return undefined;
        if (/^".*"$/.test(arg)) return arg.slice(1, -1);
        if (/^-?[0-9.]+$/.test(arg)) return +arg;
        var text = /&""$/.test(arg), range;
        if (text) arg = arg.slice(0, -3);
        if (arg in names) range = named(arg);
        else { var p = arg.split("!"); range = new Range(p.length > 1 ? p[0] : sheet, area(p[p.length - 1])); }
        var v = range.Value2;
        return text ? (v === undefined ? "" : String(v)) : v;
    }
    window.__standin = {
        said: said, log: log, functions: functions, sheets: sheets, formulas: formulas,
        count: function () { var n = sent; sent = 0; return n; },
        recalculate: function () {
            var out = {};
            Object.keys(formulas).forEach(function (sheet) {
                Object.keys(formulas[sheet]).forEach(function (k) {
                    var m = /^=QIYX\.(QYX_[A-Z]+)\(([^()]*)\)$/.exec(formulas[sheet][k]), r;
                    if (!m) return;
                    var args = m[2] === "" ? [] : m[2].split(",").map(function (a) { return value(sheet, a); });
                    try { r = functions["QIYX." + m[1]].f.apply(null, args); } catch (e) { r = e.message; }
                    out[sheet + "!" + k] = r;
                });
            });
            return out;
        },
        state: function () { return [application.Calculation, application.ScreenUpdating, application.StatusBar]; }
    };
})
