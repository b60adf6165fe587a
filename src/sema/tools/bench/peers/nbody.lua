local sqrt = math.sqrt
local SOLAR_MASS = 4.0 * 3.141592653589793 * 3.141592653589793
local YEAR = 365.24
local BODIES = 5

local mass = {
  SOLAR_MASS,
  9.54791938424326609e-04 * SOLAR_MASS,
  2.85885980666130812e-04 * SOLAR_MASS,
  4.36624404335156298e-05 * SOLAR_MASS,
  5.15138902046611451e-05 * SOLAR_MASS,
}

local function balance(v)
  local sum = 0.0
  for i = 2, BODIES do sum = sum + v[i] * mass[i] end
  v[1] = -sum / SOLAR_MASS
end

local function advance(x, y, z, vx, vy, vz, dt)
  for i = 1, BODIES do
    for j = i + 1, BODIES do
      local dx, dy, dz = x[i] - x[j], y[i] - y[j], z[i] - z[j]
      local square = dx * dx + dy * dy + dz * dz
      local force = dt / (square * sqrt(square))
      local of_i, of_j = mass[i] * force, mass[j] * force
      vx[i] = vx[i] - dx * of_j
      vy[i] = vy[i] - dy * of_j
      vz[i] = vz[i] - dz * of_j
      vx[j] = vx[j] + dx * of_i
      vy[j] = vy[j] + dy * of_i
      vz[j] = vz[j] + dz * of_i
    end
  end
  for i = 1, BODIES do
    x[i] = x[i] + dt * vx[i]
    y[i] = y[i] + dt * vy[i]
    z[i] = z[i] + dt * vz[i]
  end
end

local function energy(x, y, z, vx, vy, vz)
  local sum = 0.0
  for i = 1, BODIES do
    local a, b, c = vx[i], vy[i], vz[i]
    sum = sum + 0.5 * mass[i] * (a * a + b * b + c * c)
    for j = i + 1, BODIES do
      local dx, dy, dz = x[i] - x[j], y[i] - y[j], z[i] - z[j]
      sum = sum - mass[i] * mass[j] / sqrt(dx * dx + dy * dy + dz * dz)
    end
  end
  return sum
end

local function once()
  local x = { 0.0, 4.84143144246472090, 8.34336671824457987, 12.8943695621391310,
    15.3796971148509165 }
  local y = { 0.0, -1.16032004402742839, 4.12479856412430479, -15.1111514016986312,
    -25.9193146099879641 }
  local z = { 0.0, -0.103622044471123109, -0.403523417114321381, -0.223307578892655734,
    0.179258772950371181 }
  local vx = { 0.0, 0.00166007664274403694 * YEAR, -0.00276742510726411 * YEAR,
    0.00296460137564761618 * YEAR, 0.00268067772490389322 * YEAR }
  local vy = { 0.0, 0.00769901118419740425 * YEAR, 0.00499852801234917238 * YEAR,
    0.00237847173959480950 * YEAR, 0.00162824170038242295 * YEAR }
  local vz = { 0.0, -0.0000690460016972063023 * YEAR, 0.0000230417297573763929 * YEAR,
    -0.0000296589568540237556 * YEAR, -0.0000951592254519715870 * YEAR }
  balance(vx)
  balance(vy)
  balance(vz)
  for _ = 1, 500 do advance(x, y, z, vx, vy, vz, 0.01) end
  return math.floor(1e9 * energy(x, y, z, vx, vy, vz))
end

return { once = once }
