"use strict";

const SOLAR_MASS = 4.0 * 3.141592653589793 * 3.141592653589793;
const YEAR = 365.24;
const BODIES = 5;

const mass = [
  SOLAR_MASS,
  9.54791938424326609e-04 * SOLAR_MASS,
  2.85885980666130812e-04 * SOLAR_MASS,
  4.36624404335156298e-05 * SOLAR_MASS,
  5.15138902046611451e-05 * SOLAR_MASS,
];

function balance(v) {
  let sum = 0.0;
  for (let i = 1; i < BODIES; i++) sum += v[i] * mass[i];
  v[0] = -sum / SOLAR_MASS;
}

function advance(x, y, z, vx, vy, vz, dt) {
  for (let i = 0; i < BODIES; i++) {
    for (let j = i + 1; j < BODIES; j++) {
      const dx = x[i] - x[j];
      const dy = y[i] - y[j];
      const dz = z[i] - z[j];
      const square = dx * dx + dy * dy + dz * dz;
      const force = dt / (square * Math.sqrt(square));
      const ofI = mass[i] * force;
      const ofJ = mass[j] * force;
      vx[i] -= dx * ofJ;
      vy[i] -= dy * ofJ;
      vz[i] -= dz * ofJ;
      vx[j] += dx * ofI;
      vy[j] += dy * ofI;
      vz[j] += dz * ofI;
    }
  }
  for (let i = 0; i < BODIES; i++) {
    x[i] += dt * vx[i];
    y[i] += dt * vy[i];
    z[i] += dt * vz[i];
  }
}

function energy(x, y, z, vx, vy, vz) {
  let sum = 0.0;
  for (let i = 0; i < BODIES; i++) {
    sum += 0.5 * mass[i] * (vx[i] * vx[i] + vy[i] * vy[i] + vz[i] * vz[i]);
    for (let j = i + 1; j < BODIES; j++) {
      const dx = x[i] - x[j];
      const dy = y[i] - y[j];
      const dz = z[i] - z[j];
      sum -= (mass[i] * mass[j]) / Math.sqrt(dx * dx + dy * dy + dz * dz);
    }
  }
  return sum;
}

exports.once = () => {
  const x = [0.0, 4.84143144246472090, 8.34336671824457987, 12.8943695621391310,
    15.3796971148509165];
  const y = [0.0, -1.16032004402742839, 4.12479856412430479, -15.1111514016986312,
    -25.9193146099879641];
  const z = [0.0, -0.103622044471123109, -0.403523417114321381, -0.223307578892655734,
    0.179258772950371181];
  const vx = [0.0, 0.00166007664274403694 * YEAR, -0.00276742510726411 * YEAR,
    0.00296460137564761618 * YEAR, 0.00268067772490389322 * YEAR];
  const vy = [0.0, 0.00769901118419740425 * YEAR, 0.00499852801234917238 * YEAR,
    0.00237847173959480950 * YEAR, 0.00162824170038242295 * YEAR];
  const vz = [0.0, -0.0000690460016972063023 * YEAR, 0.0000230417297573763929 * YEAR,
    -0.0000296589568540237556 * YEAR, -0.0000951592254519715870 * YEAR];
  [vx, vy, vz].forEach(balance);
  for (let step = 0; step < 500; step++) advance(x, y, z, vx, vy, vz, 0.01);
  return Math.floor(1e9 * energy(x, y, z, vx, vy, vz));
};
