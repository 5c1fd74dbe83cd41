// A terminal of xterm.js, the core of VS Code's terminal and of most consoles in browsers, behind standard input and
// output: a request per line as JSON, and an answer per line. Its packages are found by NODE_PATH.
"use strict";
const { Terminal } = require("@xterm/headless");
const { Unicode11Addon } = require("@xterm/addon-unicode11");

let terminal;
let replies = "";
const clipboard = [];

const requests = {
  open({ columns, lines, unicode }) {
    terminal = new Terminal({ cols: columns, rows: lines, allowProposedApi: true, logLevel: "off" });
    terminal.loadAddon(new Unicode11Addon());
    terminal.unicode.activeVersion = unicode;
    terminal.onData((data) => (replies += data));
    terminal.onBinary((data) => (replies += data));
    terminal.parser.registerOscHandler(52, (data) => clipboard.push(data));
  },
  async write({ data }) {
    await new Promise((done) => terminal.write(Buffer.from(data, "base64"), done));
    const answers = replies;
    replies = "";
    return { answers };
  },
  resize: ({ columns, lines }) => terminal.resize(columns, lines),
  clipboard: () => ({ clipboard: clipboard.splice(0) }),
  screen() {
    const buffer = terminal.buffer.active;
    const rows = [];
    for (let y = 0; y < terminal.rows; y++) rows.push(cells(buffer.getLine(buffer.baseY + y)));
    const modes = terminal.modes;
    return { rows, cursor: [buffer.cursorX, buffer.cursorY], alternate: buffer.type === "alternate", modes };
  },
};

function cells(line) {
  const row = [];
  for (let x = 0; x < terminal.cols; x++) {
    const cell = line.getCell(x);
    const emphasis = [cell.isBold(), cell.isDim(), cell.isItalic()].map(Number).join("");
    const lines = [cell.isUnderline(), cell.isStrikethrough(), cell.isInverse()].map((on) => (on ? 1 : 0)).join("");
    const foreground = cell.isFgDefault() ? "" : `${cell.getFgColorMode()}:${cell.getFgColor()}`;
    const background = cell.isBgDefault() ? "" : `${cell.getBgColorMode()}:${cell.getBgColor()}`;
    row.push([cell.getChars() || (cell.getWidth() ? " " : ""), foreground, background, emphasis, lines]);
  }
  return row;
}

(async () => {
  for await (const line of require("readline").createInterface({ input: process.stdin })) {
    const { request, ...values } = JSON.parse(line);
    process.stdout.write(JSON.stringify((await requests[request](values)) || {}) + "\n");
  }
})();
