local function map(f, xs)
  local made = {}
  for i = 1, #xs do made[i] = f(xs[i]) end
  return made
end

local function map2(f, xs, ys)
  local made = {}
  for i = 1, #xs do made[i] = f(xs[i], ys[i]) end
  return made
end

local function filter(wanted, xs)
  local made = {}
  for i = 1, #xs do
    if wanted(xs[i]) then made[#made + 1] = xs[i] end
  end
  return made
end

local function fold(f, value, xs)
  for i = 1, #xs do value = f(value, xs[i]) end
  return value
end

local function reverse(xs)
  local made, n = {}, #xs
  for i = 1, n do made[i] = xs[n + 1 - i] end
  return made
end

local numbers = {}
for i = 1, 20000 do numbers[i] = i - 1 end

local function add(a, b) return a + b end

local function sum_of_squares(xs)
  return fold(add, 0, map(function(x) return x * x end,
    filter(function(x) return x % 3 == 0 end, xs)))
end

local function largest_difference(xs, ys)
  return fold(math.max, 0, map2(function(x, y) return math.abs(x - y) end, xs, ys))
end

local function once()
  return sum_of_squares(numbers)
    + largest_difference(numbers, reverse(numbers))
    + fold(function(sum, x) return sum * 3 % 1000 + x end, 0,
      map(function(x) return x - 5 end, numbers))
end

return { once = once }
