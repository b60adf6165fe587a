local numbers, random = {}, 42
for i = 10000, 1, -1 do
  numbers[i] = random
  random = (random * 3877 + 29573) % 139968
end

local function is_before(a, b)
  local last_a, last_b = a % 10, b % 10
  if last_a == last_b then return a > b end
  return last_a < last_b
end

local function once()
  local sorted = {}
  for i = 1, #numbers do sorted[i] = numbers[i] end
  table.sort(sorted, is_before)
  local sum = 0
  for i = 1, #sorted do sum = (sum * 31 + sorted[i]) % 1000003 end
  return sum
end

return { once = once }
