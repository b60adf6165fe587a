local function build(n)
  local made = nil
  while n > 0 do
    made = { 1, { 2, { 3, { 4, { 5, { 6, { 7, { 8, nil } } } } } } } }
    n = n - 1
  end
  return made[1]
end

return { once = function() return build(2000) end }
