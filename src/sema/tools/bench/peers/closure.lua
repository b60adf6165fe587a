local function adder(k)
  return function(x) return x + k end
end

local function apply_often(f, n)
  local sum = 0
  while n > 0 do
    sum = f(sum)
    n = n - 1
  end
  return sum
end

return { once = function() return apply_often(adder(3), 10000) end }
