local load = loadstring or load
local distinct = {}
for k = 0, WIDTH - 1 do
  distinct[k] = load("return function(x) return x + " .. k .. " end")()
end
local functions = nil
for i = 63, 0, -1 do
  functions = { distinct[i % WIDTH], functions }
end

local function sweep(n)
  local sum, left = 0, functions
  while n > 0 do
    if left == nil then left = functions end
    sum = left[1](sum)
    left = left[2]
    n = n - 1
  end
  return sum
end

return { once = function() return sweep(6400) end }
