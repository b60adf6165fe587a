local function stars(n)
  local text = ""
  for _ = 1, n do text = text .. "*" end
  return text
end

local function line(i)
  return "item " .. tostring(i) .. ": " .. tostring(i * i)
end

local function report(n)
  local lines = {}
  for i = 1, n do lines[i] = line(i - 1) end
  return table.concat(lines, "\n")
end

return { once = function() return #stars(2000) + #report(5000) end }
