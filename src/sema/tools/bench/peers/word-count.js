"use strict";

const syllables = ["ka", "lo", "mi", "nu", "re", "so", "ta", "vi"];

function makeText() {
  const words = [];
  let random = 42;
  for (let i = 0; i < 5000; i++) {
    const [a, b, c] = [random % 8, (random >> 3) % 8, (random >> 6) % 4];
    words.push(syllables[a] + syllables[b] + syllables[c]);
    random = (random * 3877 + 29573) % 139968;
  }
  return words.join(" ");
}

const text = makeText();

function countWords(words) {
  const counts = new Map();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

function compare(a, b) {
  if (a[1] !== b[1]) return b[1] - a[1];
  return a[0] < b[0] ? -1 : 1;
}

exports.once = () => {
  const entries = [...countWords(text.split(" "))].sort(compare);
  let sum = entries.length;
  for (const [, count] of entries.slice(0, 10)) sum = 3 * sum + count;
  return sum;
};
