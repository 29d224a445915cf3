// node resave.cjs PACKAGE FOLDER SUFFIX FILE…: read workbooks and write them again, in the format
// of the suffix, with an npm package.
"use strict";
const path = require("path");

const [, , name, folder, suffix, ...files] = process.argv;
const library = require(name);
const target = (file) => path.join(folder, path.basename(file, path.extname(file)) + suffix);

async function withExceljs(file) {
  const book = new library.Workbook();
  await book.xlsx.readFile(file);
  await book.xlsx.writeFile(target(file));
}

// SheetJS writes texts into the cells, or shared as Excel does, as it is told: by turns, then.
async function withSheetjs(file, number) {
  const book = library.readFile(file, { cellFormula: true, cellNF: true, cellStyles: true });
  library.writeFile(book, target(file), { bookSST: number % 2 === 1, compression: true, cellStyles: true });
}

const save = name === "xlsx" ? withSheetjs : withExceljs;
(async () => {
  for (const [number, file] of files.entries()) await save(file, number);
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
