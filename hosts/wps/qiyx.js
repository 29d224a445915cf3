// The way from WPS to the service on this computer, and what that may ask of the open workbook.
// Plain ES5: the oldest WPS that has custom functions brings an old Chromium.
"use strict";
var QIYX = (function () {
    var NAMESPACE = "QIYX.";
    var FILE_PICKER = 3, FOLDER_PICKER = 4, PICKED = -1, MANUAL = -4135;
    var SHIFT_DOWN = -4121, SHIFT_UP = -4162, SHIFT_RIGHT = -4161, SHIFT_LEFT = -4159, FORMATS = -4122;
    var NOT_GIVEN = -2147352572;            // DISP_E_PARAMNOTFOUND: an argument left out
    var MOST_KNOWN = 20000, MOST_MISSED = 4, MOST_IDENTITY_ROWS = 20;
    var RATED = { QYX_RATE: true, QYX_GAP: true, QYX_STATUS: true, QYX_EXPLAIN: true };
    var ERRORS = {                          // an error cell arrives as its COM number
        "-2146826246": "#N/A", "-2146826273": "#VALUE!", "-2146826259": "#NAME?",
        "-2146826281": "#DIV/0!", "-2146826265": "#REF!", "-2146826252": "#NUM!",
        "-2146826288": "#NULL!"
    };
    var state = null, known = {}, count = 0, knownOn = "", fetchedFor = null, missed = 0;

    function host() { return window.wps || window.Application; }
    function app() { return window.Application || window.wps; }

    // --- the service ------------------------------------------------------------------------
    function readState() {
        var path = (host().Env.GetHomePath() + "/.qiyx/server.json").replace(/\\/g, "/");
        try { state = JSON.parse(host().FileSystem.ReadFile(path)); } catch (e) { state = null; }
        return state;
    }
    function send(path, body) {
        var request = new XMLHttpRequest();
        if (!state && !readState()) throw new Error("asleep");
        body.token = state.token;
        request.open("POST", "http://127.0.0.1:" + state.port + path, false);
        request.setRequestHeader("Content-Type", "text/plain;charset=utf-8");   // no preflight
        try { request.send(JSON.stringify(body)); } catch (e) { state = null; throw new Error("asleep"); }
        if (request.status === 401 || request.status === 403) { state = null; throw new Error("asleep"); }
        if (request.status !== 200) throw new Error("status " + request.status);
        return JSON.parse(request.responseText);
    }
    // Once more after reading the state anew: the service may have been started again.
    function post(path, body) {
        try { return send(path, body); } catch (e) {
            if (e.message !== "asleep" || !readState()) throw e;
            return send(path, body);
        }
    }

    // --- cells --------------------------------------------------------------------------------
    function cell(v) {
        if (v === undefined || v === null || v === "" || v === NOT_GIVEN) return null;
        if (typeof v === "number" && ERRORS[String(v)]) return ERRORS[String(v)];
        if (v instanceof Date) return v.getTime() / 86400000 + 25569;
        return v;
    }
    function rows(v) {
        if (!Array.isArray(v)) return [[cell(v)]];
        return v.map(function (row) { return Array.isArray(row) ? row.map(cell) : [cell(row)]; });
    }
    function grid(v) {
        if (v === undefined || v === null || v === NOT_GIVEN) return null;
        if (typeof v === "object" && !Array.isArray(v) && "Value2" in v) v = v.Value2;   // a Range
        return rows(v);
    }
    function shown(v) {
        // How WPS takes a real error is not known (see the probe): a text, and an exception.
        if (v === "#QYX:N/A") return "#N/A";
        if (v === "#QYX:VALUE") throw new Error("#VALUE!");
        return v;
    }
    function table(found) {
        return found.map(function (row) {
            return row.map(function (v) {
                return v === "#QYX:N/A" ? "#N/A" : v === "#QYX:VALUE" ? "#VALUE!" : v;
            });
        });
    }

    // --- answers that are known already -------------------------------------------------------
    function today() { var d = new Date(); return d.getFullYear() + "-" + d.getMonth() + "-" + d.getDate(); }
    function forget() { known = {}; count = 0; knownOn = today(); fetchedFor = null; missed = 0; }
    // A number and its digits as a text are one and the same to every function.
    function part(v) {
        if (v === null || v === "") return "";
        if (typeof v === "number") return "s" + String(Number(v.toPrecision(15)));
        return (typeof v === "boolean" ? "b" : "s") + String(v);
    }
    function keyOf(name, cells) {
        var parts = cells.map(function (each) {
            if (each === null) return "";
            return each.length === 1 && each[0].length === 1 ? part(each[0][0]) : JSON.stringify(each);
        });
        while (parts.length && parts[parts.length - 1] === "") parts.pop();
        return name + "\u0001" + parts.join("\u0001");
    }
    function remember(key, value) {
        if (count >= MOST_KNOWN) { known = {}; count = 0; }
        if (!(key in known)) { known[key] = value; count += 1; }
    }

    // --- which workbook asks ------------------------------------------------------------------
    function asking() {
        var book = app().ActiveWorkbook, plan = "", said, at;
        if (!book) return { workbook: "", plan: "" };
        try {
            said = rows(book.Worksheets.Item("_qiyx").Range("A1:B" + MOST_IDENTITY_ROWS).Value2);
            for (at = 0; at < said.length; at++) if (said[at][0] === "plan_id") plan = said[at][1] || "";
        } catch (e) { plan = ""; }
        return { workbook: book.FullName, plan: plan };
    }
    function filled(book, name) {
        var area = book.Names.Item(name).RefersToRange, used = area.Worksheet.UsedRange;
        area = app().Intersect(area, used);
        return area ? rows(area.Value2) : null;
    }
    // Ask once for everything that the three plan sheets rate at this period; again where that did
    // not help, for then the records have changed.
    function fetchPlanSheets(period, names) {
        var book = app().ActiveWorkbook, where = asking(), wanted = JSON.stringify(period), found, at, head;
        // The first row of the answer names the columns: arguments, and the functions' answers.
        function row(values) {
            var cells = names.map(function (name) {
                var column = head.indexOf(name);
                return name === "period" ? period : column < 0 ? null : [[cell(values[column])]];
            });
            head.forEach(function (name, column) {
                if (name in RATED) remember(keyOf(name, cells), values[column]);
            });
        }
        missed += 1;
        if (!where.plan || (fetchedFor === wanted && missed < MOST_MISSED)) return;
        fetchedFor = wanted;
        missed = 0;
        try {
            where.period = period;
            where.records = filled(book, "QiyxRecords");
            where.goals = filled(book, "QiyxGoals");
            where.baselines = filled(book, "QiyxBaselines");
            found = post("/plan-sheets", where).value;
        } catch (e) { return; }              // the cell still asks by itself
        if (!Array.isArray(found)) return;
        head = found[0];
        for (at = 1; at < found.length; at++) row(found[at]);
    }

    // What every cell function does; ``names`` are its arguments.
    function call(name, given, names) {
        var cells = [], at, key, asked, found;
        for (at = 0; at < given.length; at++) cells.push(grid(given[at]));
        if (knownOn !== today()) forget();
        key = keyOf(name, cells);
        if (!(key in known) && name in RATED && cells.length > 3 && cells[1]) fetchPlanSheets(cells[1], names);
        if (!(key in known)) {
            asked = asking();
            asked.name = name;
            asked.cells = cells;
            try { found = post("/function", asked); } catch (e) { throw new Error("#NAME?"); }
            remember(key, found.value);
        }
        found = known[key];
        return Array.isArray(found) ? table(found) : shown(found);
    }

    // --- what a button asks --------------------------------------------------------------------
    function namespaced(formula) {
        return formula.replace(/("[^"]*"|'[^']*')|(^|[^\w.!])(QYX_[A-Z]+)(?=\s*\()/g, function (all, quoted, before, name) {
            return quoted ? all : before + NAMESPACE + name;
        });
    }
    function plain(formula) {
        return formula.replace(/("[^"]*"|'[^']*')|([A-Za-z_]\w*\.)+(QYX_[A-Z]+)(?=\s*\()/g, function (all, quoted, space, name) {
            return quoted ? all : name;
        });
    }
    function questions(book) {
        var application = app(), before = null;
        function sheet(q) { return book.Worksheets.Item(q.sheet); }
        function area(q) { return sheet(q).Range(q.area); }
        function wholeRows(q, row, many) { return sheet(q).Range((row + 1) + ":" + (row + many)); }
        function text(v) {
            // The apostrophe keeps a text a text: else 2026-09 would become a date.
            return typeof v === "string" && v !== "" ? "'" + v : v === null ? "" : v;
        }
        function put(range, property, values) {
            range[property] = values.length === 1 && values[0].length === 1 ? values[0][0] : values;
        }
        function paste(from, to) {
            from.Copy();
            to.PasteSpecial(FORMATS);
            application.CutCopyMode = false;
        }
        function pick(kind, q) {
            var dialog = application.FileDialog(kind);
            dialog.Title = q.title;
            dialog.InitialFileName = q.start.replace(/[\\\/]$/, "") + (q.start.indexOf("\\") < 0 ? "/" : "\\");
            return dialog.Show() === PICKED ? dialog.SelectedItems.Item(1) : null;
        }
        return {
            full_name: function () { return book.FullName; },
            sheets: function () {
                var names = [], at;
                for (at = 1; at <= book.Worksheets.Count; at++) names.push(book.Worksheets.Item(at).Name);
                return names;
            },
            save_copy: function (q) { book.SaveCopyAs(q.path); },
            set_names: function (q) {
                Object.keys(q.meanings).forEach(function (name) { book.Names.Add(name, "=" + q.meanings[name]); });
            },
            read: function (q) { return rows(area(q).Value2); },
            read_used: function (q) { return rows(sheet(q).UsedRange.Value2); },
            formulas: function (q) {
                return rows(area(q).Formula).map(function (row) {
                    return row.map(function (v) { return typeof v === "string" && v.charAt(0) === "=" ? plain(v) : v; });
                });
            },
            write: function (q) { put(area(q), "Value2", q.rows.map(function (row) { return row.map(text); })); },
            write_text: function (q) { area(q).Value2 = q.text; },
            write_cells: function (q) {
                put(area(q), "Formula", q.rows.map(function (row) {
                    return row.map(function (v) { return v && v.formula ? namespaced(v.formula) : text(v); });
                }));
            },
            fit_rows: function (q) { wholeRows(q, q.row, q.count).AutoFit(); },
            insert_rows: function (q) { wholeRows(q, q.row, q.count).Insert(SHIFT_DOWN); },
            delete_rows: function (q) { wholeRows(q, q.row, q.count).Delete(SHIFT_UP); },
            move_row_up: function (q) {
                wholeRows(q, q.row, 1).Cut();
                wholeRows(q, q.to, 1).Insert(SHIFT_DOWN);
            },
            insert_column: function (q) {
                sheet(q).Range(q.letters + ":" + q.letters).Insert(SHIFT_RIGHT, q.like_left ? 0 : 1);
            },
            delete_column: function (q) { sheet(q).Range(q.letters + ":" + q.letters).Delete(SHIFT_LEFT); },
            move_cells: function (q) { area(q).Cut(sheet(q).Range(q.to)); },
            copy_looks: function (q) {
                q.to.forEach(function (where) { paste(area(q), sheet(q).Range(where)); });
            },
            row_like: function (q) {
                var from = wholeRows(q, q.row, 1), height = from.RowHeight;
                q.to.forEach(function (row) {
                    var to = wholeRows(q, row, 1);
                    paste(from, to);
                    to.RowHeight = height;
                });
            },
            split: function (q) { area(q).UnMerge(); },
            merge: function (q) { area(q).Merge(); },
            show_all_rows: function (q) { if (sheet(q).FilterMode) sheet(q).ShowAllData(); },
            activate: function (q) { sheet(q).Activate(); },
            show_status: function (q) { application.StatusBar = q.text === null ? false : q.text; },
            be_quiet: function () {
                if (before) return;
                before = { calculation: application.Calculation, updating: application.ScreenUpdating };
                application.ScreenUpdating = false;
                application.Calculation = MANUAL;
            },
            be_normal: function () {
                if (!before) return;
                application.Calculation = before.calculation;
                application.ScreenUpdating = before.updating;
                before = null;
            },
            pick_folder: function (q) { return pick(FOLDER_PICKER, q); },
            pick_file: function (q) { return pick(FILE_PICKER, q); },
            ask_text: function (q) { return window.prompt(q.text, q["default"]); },
            confirm: function (q) { return window.confirm(q.text); },
            alert: function (q) { window.alert(q.text); },
            user: function () { return String(application.UserName || ""); }
        };
    }
    function press(action) {
        var book = app().ActiveWorkbook, does, message, told;
        if (!book) { window.alert("请先打开台账，再点按钮。"); return; }
        does = questions(book);
        try {
            message = post("/press", { action: action });
            while (!message.done) {
                told = { press: message.press };
                try {
                    told.answer = does[message.question](message);
                    if (told.answer === undefined) told.answer = null;
                } catch (e) { told.error = String(e && e.message || e); }
                message = post("/told", told);
            }
        } catch (e) {
            does.be_normal();
            does.show_status({ text: null });
            window.alert("没有连上这台电脑上的 qiyx-xl。请重新登录电脑，或请技术人员运行 qiyx host install wps，再点一次。");
        }
        forget();
        try { app().CalculateFull(); } catch (e) { /* an older WPS: the cells follow when they change */ }
    }
    return { call: call, press: press, questions: questions };
})();
