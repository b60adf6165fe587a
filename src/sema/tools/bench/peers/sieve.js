"use strict";

function strike(flags, p, n) {
  for (let multiple = p * p; multiple < n; multiple += p) flags[multiple] = false;
}

function primesBelow(n) {
  const flags = new Array(n).fill(true);
  let found = 0;
  for (let i = 2; i < n; i++) {
    if (flags[i]) {
      found += 1;
      strike(flags, i, n);
    }
  }
  return found;
}

exports.once = () => primesBelow(50000);
