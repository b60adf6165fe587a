"use strict";

function check(n) {
  if (n % 3 === 0) throw { value: n };
  return n;
}

function deep(n, depth) {
  return depth === 0 ? check(n) : 1 + deep(n, depth - 1);
}

function guarded(n) {
  try {
    return deep(n, 5);
  } catch (problem) {
    return -problem.value;
  }
}

exports.once = () => {
  let sum = 0;
  for (let n = 0; n < 3000; n++) sum += guarded(n);
  return sum;
};
