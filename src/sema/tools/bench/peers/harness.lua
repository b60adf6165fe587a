-- lua harness.lua PROGRAM WIDTH N: runs the program's once() N times, prints result and seconds.
WIDTH = tonumber(arg[2])
local once = dofile(arg[1]).once
local n = tonumber(arg[3])
local result
local start = os.clock()
for _ = 1, n do
  result = once()
end
local seconds = os.clock() - start
print(string.format("%d %.9f", result, seconds))
