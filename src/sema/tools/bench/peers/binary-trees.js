"use strict";

function makeTree(depth) {
  if (depth === 0) return null;
  return { left: makeTree(depth - 1), right: makeTree(depth - 1) };
}

function nodes(tree) {
  if (tree === null) return 1;
  return 1 + nodes(tree.left) + nodes(tree.right);
}

exports.once = () => {
  const longLived = makeTree(14);
  let sum = 0;
  for (let depth = 4; depth <= 14; depth += 2) {
    for (let i = 0; i < 16384 / 2 ** depth; i++) sum += nodes(makeTree(depth));
  }
  return sum + nodes(longLived);
};
