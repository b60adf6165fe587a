local SIZE, LIMIT = 128, 100

local function steps(cr, ci)
  local zr, zi, n = 0.0, 0.0, 0
  while true do
    local zr2, zi2 = zr * zr, zi * zi
    if n == LIMIT or zr2 + zi2 > 4.0 then return n end
    zr, zi, n = zr2 - zi2 + cr, 2.0 * zr * zi + ci, n + 1
  end
end

local function once()
  local total, scale = 0, 3.0 / SIZE
  for y = 0, SIZE - 1 do
    for x = 0, SIZE - 1 do
      total = total + steps(x * scale - 2.0, y * scale - 1.5)
    end
  end
  return total
end

return { once = once }
