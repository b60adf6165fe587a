local floor = math.floor

local function step(ball)
  local height = ball.height + ball.speed
  local speed = ball.speed - 1
  if height < 0 then
    return {
      name = ball.name, height = -height, speed = floor(-speed * 9 / 10),
      bounces = ball.bounces + 1,
    }
  end
  return { name = ball.name, height = height, speed = speed, bounces = ball.bounces }
end

local function fly(ball, steps)
  if steps == 0 then return ball end
  return fly(step(ball), steps - 1)
end

local function once()
  local ball = fly({ name = "ball", height = 1000, speed = 0, bounces = 0 }, 20000)
  return ball.height + ball.speed + 1000 * ball.bounces
end

return { once = once }
