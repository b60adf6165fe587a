"use strict";

function loop(n, sum) {
  while (n !== 0) {
    sum += n;
    n -= 1;
  }
  return sum;
}

exports.once = () => loop(10000, 0);
