"use strict";

function countUp(n) {
  const counts = new Map();
  let random = 42;
  for (let i = 0; i < n; i++) {
    const key = random % 1000;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    random = (random * 3877 + 29573) % 139968;
  }
  return counts;
}

exports.once = () => {
  const counts = countUp(50000);
  let sum = 0;
  for (let key = 0; key < 1000; key++) sum += key * (counts.get(key) ?? 0);
  return sum;
};
