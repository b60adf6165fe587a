"use strict";

function isSafe(column, distance, placed) {
  if (placed === null) return true;
  const other = placed.head;
  return other !== column && other !== column + distance && other !== column - distance &&
    isSafe(column, distance + 1, placed.tail);
}

function solutions(size, row, placed) {
  if (row === size) return 1;
  let found = 0;
  for (let column = 0; column < size; column++) {
    if (isSafe(column, 1, placed)) {
      found += solutions(size, row + 1, { head: column, tail: placed });
    }
  }
  return found;
}

exports.once = () => solutions(8, 0, null);
