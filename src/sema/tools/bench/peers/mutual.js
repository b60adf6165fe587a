"use strict";

function ping(n) {
  return n === 0 ? 0 : 1 + pong(n - 1);
}

function pong(n) {
  return n === 0 ? 0 : 2 + ping(n - 1);
}

exports.once = () => ping(1000);
