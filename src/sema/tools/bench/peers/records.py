def step(ball):
    height = ball["height"] + ball["speed"]
    speed = ball["speed"] - 1
    if height < 0:
        bounces = ball["bounces"] + 1
        return {**ball, "height": -height, "speed": -speed * 9 // 10, "bounces": bounces}
    return {**ball, "height": height, "speed": speed}


def fly(ball, steps):
    for _ in range(steps):
        ball = step(ball)
    return ball


def once():
    ball = fly({"name": "ball", "height": 1000, "speed": 0, "bounces": 0}, 20000)
    return ball["height"] + ball["speed"] + 1000 * ball["bounces"]
