// node harness.js PROGRAM WIDTH: reads numbers, one a line; for each it runs the program's once() so
// many times and answers with the result and the seconds of processor time.
"use strict";

const { once } = require(require("path").resolve(process.argv[2]));

require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const n = Number(line);
  let result;
  const start = process.cpuUsage();
  for (let i = 0; i < n; i++) result = once();
  const { user, system } = process.cpuUsage(start);
  console.log(result, (user + system) / 1e6);
});
