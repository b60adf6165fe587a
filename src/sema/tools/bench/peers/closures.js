"use strict";

function makeCounter(step) {
  let n = 0;
  return () => (n += step);
}

function sumOfCounters(n) {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const counter = makeCounter(i);
    counter();
    sum += counter();
  }
  return sum;
}

const adder = (k) => (x) => x + k;
const compose = (f, g) => (x) => f(g(x));

function chain(n) {
  let f = (x) => x;
  for (let k = 0; k < n; k++) f = compose(f, adder(k));
  return f;
}

function sumOfCalls(f, n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += f(i);
  return sum;
}

exports.once = () => sumOfCounters(30000) + sumOfCalls(chain(20), 3000);
