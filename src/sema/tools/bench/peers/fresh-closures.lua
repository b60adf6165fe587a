local function adder(k)
  return function(x) return x + k end
end

local function add_up(n)
  local sum = 0
  while n > 0 do
    sum = adder(n)(sum)
    n = n - 1
  end
  return sum
end

return { once = function() return add_up(10000) end }
