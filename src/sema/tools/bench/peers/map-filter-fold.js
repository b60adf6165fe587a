"use strict";

const numbers = Array.from({ length: 20000 }, (_, i) => i);

function sumOfSquares(xs) {
  return xs.filter((x) => x % 3 === 0).map((x) => x * x).reduce((a, b) => a + b, 0);
}

function largestDifference(xs, ys) {
  return xs.map((x, i) => Math.abs(x - ys[i])).reduce((a, b) => Math.max(a, b), 0);
}

exports.once = () =>
  sumOfSquares(numbers) +
  largestDifference(numbers, [...numbers].reverse()) +
  numbers.map((x) => x - 5).reduce((sum, x) => ((sum * 3) % 1000) + x, 0);
