local function strike(flags, p, n)
  for multiple = p * p, n - 1, p do flags[multiple] = false end
end

local function primes_below(n)
  local flags, found = {}, 0
  for i = 1, n - 1 do flags[i] = true end
  for i = 2, n - 1 do
    if flags[i] then
      found = found + 1
      strike(flags, i, n)
    end
  end
  return found
end

return { once = function() return primes_below(50000) end }
