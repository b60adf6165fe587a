local function is_safe(column, distance, placed)
  if placed == nil then return true end
  local other = placed[1]
  return other ~= column and other ~= column + distance and other ~= column - distance
    and is_safe(column, distance + 1, placed[2])
end

local function solutions(size, row, placed)
  if row == size then return 1 end
  local found = 0
  for column = 0, size - 1 do
    if is_safe(column, 1, placed) then
      found = found + solutions(size, row + 1, { column, placed })
    end
  end
  return found
end

return { once = function() return solutions(8, 0, nil) end }
