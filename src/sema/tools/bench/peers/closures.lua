local function make_counter(step)
  local n = 0
  return function()
    n = n + step
    return n
  end
end

local function sum_of_counters(n)
  local sum = 0
  for i = 0, n - 1 do
    local counter = make_counter(i)
    counter()
    sum = sum + counter()
  end
  return sum
end

local function adder(k)
  return function(x) return x + k end
end

local function compose(f, g)
  return function(x) return f(g(x)) end
end

local function chain(n)
  local f = function(x) return x end
  for k = 0, n - 1 do f = compose(f, adder(k)) end
  return f
end

local function sum_of_calls(f, n)
  local sum = 0
  for i = 0, n - 1 do sum = sum + f(i) end
  return sum
end

return { once = function() return sum_of_counters(30000) + sum_of_calls(chain(20), 3000) end }
