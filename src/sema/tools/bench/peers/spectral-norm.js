"use strict";

const SIZE = 50;

function a(i, j) {
  return 1.0 / (((i + j) * (i + j + 1)) / 2 + i + 1);
}

function make(f) {
  const made = [];
  for (let i = 0; i < SIZE; i++) made.push(f(i));
  return made;
}

function sumOf(f) {
  let sum = 0.0;
  for (let i = 0; i < SIZE; i++) sum += f(i);
  return sum;
}

const times = (v) => make((i) => sumOf((j) => a(i, j) * v[j]));
const timesTransposed = (v) => make((i) => sumOf((j) => a(j, i) * v[j]));
const dot = (u, v) => sumOf((i) => u[i] * v[i]);

exports.once = () => {
  let u = make(() => 1.0);
  for (let i = 0; i < 5; i++) u = timesTransposed(times(u));
  const v = timesTransposed(times(u));
  return Math.floor(1e9 * Math.sqrt(dot(u, v) / dot(u, u)));
};
