from math import floor, sqrt

SOLAR_MASS = 4.0 * 3.141592653589793 * 3.141592653589793
YEAR = 365.24
BODIES = 5

MASS = [
    SOLAR_MASS,
    9.54791938424326609e-04 * SOLAR_MASS,
    2.85885980666130812e-04 * SOLAR_MASS,
    4.36624404335156298e-05 * SOLAR_MASS,
    5.15138902046611451e-05 * SOLAR_MASS,
]


def balance(v):
    total = 0.0
    for i in range(1, BODIES):
        total += v[i] * MASS[i]
    v[0] = -total / SOLAR_MASS


def advance(x, y, z, vx, vy, vz, dt):
    for i in range(BODIES):
        for j in range(i + 1, BODIES):
            dx, dy, dz = x[i] - x[j], y[i] - y[j], z[i] - z[j]
            square = dx * dx + dy * dy + dz * dz
            force = dt / (square * sqrt(square))
            of_i, of_j = MASS[i] * force, MASS[j] * force
            vx[i] -= dx * of_j
            vy[i] -= dy * of_j
            vz[i] -= dz * of_j
            vx[j] += dx * of_i
            vy[j] += dy * of_i
            vz[j] += dz * of_i
    for i in range(BODIES):
        x[i] += dt * vx[i]
        y[i] += dt * vy[i]
        z[i] += dt * vz[i]


def energy(x, y, z, vx, vy, vz):
    total = 0.0
    for i in range(BODIES):
        a, b, c = vx[i], vy[i], vz[i]
        total += 0.5 * MASS[i] * (a * a + b * b + c * c)
        for j in range(i + 1, BODIES):
            dx, dy, dz = x[i] - x[j], y[i] - y[j], z[i] - z[j]
            total -= MASS[i] * MASS[j] / sqrt(dx * dx + dy * dy + dz * dz)
    return total


def once():
    x = [0.0, 4.84143144246472090, 8.34336671824457987, 12.8943695621391310, 15.3796971148509165]
    y = [
        0.0, -1.16032004402742839, 4.12479856412430479, -15.1111514016986312, -25.9193146099879641
    ]  # fmt: skip
    z = [
        0.0, -0.103622044471123109, -0.403523417114321381, -0.223307578892655734,
        0.179258772950371181,
    ]  # fmt: skip
    vx = [
        0.0, 0.00166007664274403694 * YEAR, -0.00276742510726411 * YEAR,
        0.00296460137564761618 * YEAR, 0.00268067772490389322 * YEAR,
    ]  # fmt: skip
    vy = [
        0.0, 0.00769901118419740425 * YEAR, 0.00499852801234917238 * YEAR,
        0.00237847173959480950 * YEAR, 0.00162824170038242295 * YEAR,
    ]  # fmt: skip
    vz = [
        0.0, -0.0000690460016972063023 * YEAR, 0.0000230417297573763929 * YEAR,
        -0.0000296589568540237556 * YEAR, -0.0000951592254519715870 * YEAR,
    ]  # fmt: skip
    for v in (vx, vy, vz):
        balance(v)
    for _ in range(500):
        advance(x, y, z, vx, vy, vz, 0.01)
    return floor(1e9 * energy(x, y, z, vx, vy, vz))
