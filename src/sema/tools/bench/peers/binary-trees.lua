local function make_tree(depth)
  if depth == 0 then return nil end
  return { make_tree(depth - 1), make_tree(depth - 1) }
end

local function nodes(tree)
  if tree == nil then return 1 end
  return 1 + nodes(tree[1]) + nodes(tree[2])
end

local function once()
  local long_lived = make_tree(14)
  local sum = 0
  for depth = 4, 14, 2 do
    for _ = 1, 16384 / 2 ^ depth do sum = sum + nodes(make_tree(depth)) end
  end
  return sum + nodes(long_lived)
end

return { once = once }
