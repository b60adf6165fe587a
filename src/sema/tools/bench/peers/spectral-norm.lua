local SIZE = 50

local function a(i, j)
  return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1)
end

local function make(f)
  local made = {}
  for i = 0, SIZE - 1 do made[i] = f(i) end
  return made
end

local function sum_of(f)
  local sum = 0.0
  for i = 0, SIZE - 1 do sum = sum + f(i) end
  return sum
end

local function times(v)
  return make(function(i)
    return sum_of(function(j) return a(i, j) * v[j] end)
  end)
end

local function times_transposed(v)
  return make(function(i)
    return sum_of(function(j) return a(j, i) * v[j] end)
  end)
end

local function dot(u, v)
  return sum_of(function(i) return u[i] * v[i] end)
end

local function once()
  local u = make(function() return 1.0 end)
  for i = 0, 5 do
    local v = times_transposed(times(u))
    if i == 5 then return math.floor(1e9 * math.sqrt(dot(u, v) / dot(u, u))) end
    u = v
  end
end

return { once = once }
