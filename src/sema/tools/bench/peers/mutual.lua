local ping, pong

function ping(n)
  if n == 0 then return 0 end
  return 1 + pong(n - 1)
end

function pong(n)
  if n == 0 then return 0 end
  return 2 + ping(n - 1)
end

return { once = function() return ping(1000) end }
