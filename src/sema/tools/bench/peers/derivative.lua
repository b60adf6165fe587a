local function is_number(x) return type(x) == "number" end

local function sum(a, b)
  if is_number(a) and is_number(b) then return a + b end
  if a == 0 then return b end
  if b == 0 then return a end
  return { "+", a, b }
end

local function product(a, b)
  if is_number(a) and is_number(b) then return a * b end
  if a == 0 or b == 0 then return 0 end
  if a == 1 then return b end
  if b == 1 then return a end
  return { "*", a, b }
end

local function derive(formula, x)
  if is_number(formula) then return 0 end
  if type(formula) == "string" then return formula == x and 1 or 0 end
  local operator, a, b = formula[1], formula[2], formula[3]
  if operator == "+" then return sum(derive(a, x), derive(b, x)) end
  if operator == "*" then
    return sum(product(a, derive(b, x)), product(derive(a, x), b))
  end
  error("unknown operator")
end

local function size(formula)
  if type(formula) ~= "table" then return 1 end
  return 1 + size(formula[2]) + size(formula[3])
end

local formula = {
  "+",
  { "*", { "*", "x", "x" }, { "*", { "+", "x", 3 }, "y" } },
  { "+", { "*", 5, { "*", "x", "y" } }, { "*", { "*", "x", { "+", "x", 1 } }, { "*", "x", "x" } } },
}

local function once()
  local total = 0
  for _ = 1, 100 do
    local first = derive(formula, "x")
    local second = derive(first, "x")
    local third = derive(second, "x")
    total = total + size(first) + size(second) + size(third)
  end
  return total
end

return { once = once }
