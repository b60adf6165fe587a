"use strict";

const isNumber = (x) => typeof x === "number";

function sum(a, b) {
  if (isNumber(a) && isNumber(b)) return a + b;
  if (a === 0) return b;
  if (b === 0) return a;
  return ["+", a, b];
}

function product(a, b) {
  if (isNumber(a) && isNumber(b)) return a * b;
  if (a === 0 || b === 0) return 0;
  if (a === 1) return b;
  if (b === 1) return a;
  return ["*", a, b];
}

function derive(formula, x) {
  if (isNumber(formula)) return 0;
  if (typeof formula === "string") return formula === x ? 1 : 0;
  const a = formula[1];
  const b = formula[2];
  switch (formula[0]) {
    case "+":
      return sum(derive(a, x), derive(b, x));
    case "*":
      return sum(product(a, derive(b, x)), product(derive(a, x), b));
    default:
      throw new Error("unknown operator");
  }
}

function size(formula) {
  return Array.isArray(formula) ? 1 + size(formula[1]) + size(formula[2]) : 1;
}

const formula = [
  "+",
  ["*", ["*", "x", "x"], ["*", ["+", "x", 3], "y"]],
  ["+", ["*", 5, ["*", "x", "y"]], ["*", ["*", "x", ["+", "x", 1]], ["*", "x", "x"]]],
];

exports.once = () => {
  let total = 0;
  for (let i = 0; i < 100; i++) {
    const first = derive(formula, "x");
    const second = derive(first, "x");
    const third = derive(second, "x");
    total += size(first) + size(second) + size(third);
  }
  return total;
};
