local function count_up(n)
  local counts, random = {}, 42
  for _ = 1, n do
    local key = random % 1000
    counts[key] = (counts[key] or 0) + 1
    random = (random * 3877 + 29573) % 139968
  end
  return counts
end

local function once()
  local counts, sum = count_up(50000), 0
  for key = 0, 999 do sum = sum + key * (counts[key] or 0) end
  return sum
end

return { once = once }
