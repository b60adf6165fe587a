-- lua harness.lua PROGRAM WIDTH: reads numbers, one a line; for each it runs the program's once() so
-- many times and answers with the result and the seconds of processor time.
WIDTH = tonumber(arg[2])
local once = dofile(arg[1]).once
for line in io.lines() do
  local result
  local start = os.clock()
  for _ = 1, tonumber(line) do
    result = once()
  end
  local seconds = os.clock() - start
  print(string.format("%.0f %.9f", result, seconds))
  io.stdout:flush()
end
