"use strict";

const numbers = [];
for (let i = 0, random = 42; i < 10000; i++) {
  numbers.push(random);
  random = (random * 3877 + 29573) % 139968;
}
numbers.reverse();

function compare(a, b) {
  const lastA = a % 10;
  const lastB = b % 10;
  return lastA === lastB ? b - a : lastA - lastB;
}

exports.once = () =>
  [...numbers].sort(compare).reduce((sum, x) => (sum * 31 + x) % 1000003, 0);
