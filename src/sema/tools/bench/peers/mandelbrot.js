"use strict";

const SIZE = 128;
const LIMIT = 100;

function steps(cr, ci) {
  let zr = 0.0;
  let zi = 0.0;
  let n = 0;
  for (;;) {
    const zr2 = zr * zr;
    const zi2 = zi * zi;
    if (n === LIMIT || zr2 + zi2 > 4.0) return n;
    zi = 2.0 * zr * zi + ci;
    zr = zr2 - zi2 + cr;
    n += 1;
  }
}

exports.once = () => {
  const scale = 3.0 / SIZE;
  let total = 0;
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) total += steps(x * scale - 2.0, y * scale - 1.5);
  }
  return total;
};
