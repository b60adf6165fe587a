local function loop(n, sum)
  if n == 0 then return sum end
  return loop(n - 1, sum + n)
end

return { once = function() return loop(10000, 0) end }
