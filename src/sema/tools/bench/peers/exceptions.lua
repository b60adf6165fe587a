local function check(n)
  if n % 3 == 0 then error({ value = n }) end
  return n
end

local function deep(n, depth)
  if depth == 0 then return check(n) end
  return 1 + deep(n, depth - 1)
end

local function guarded(n)
  local ok, result = pcall(deep, n, 5)
  if ok then return result end
  return -result.value
end

local function once()
  local sum = 0
  for n = 0, 2999 do sum = sum + guarded(n) end
  return sum
end

return { once = once }
