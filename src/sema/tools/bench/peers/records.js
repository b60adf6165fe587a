"use strict";

function step(ball) {
  const height = ball.height + ball.speed;
  const speed = ball.speed - 1;
  if (height < 0) {
    const bounces = ball.bounces + 1;
    return { ...ball, height: -height, speed: Math.floor((-speed * 9) / 10), bounces };
  }
  return { ...ball, height, speed };
}

function fly(ball, steps) {
  for (let i = 0; i < steps; i++) ball = step(ball);
  return ball;
}

exports.once = () => {
  const ball = fly({ name: "ball", height: 1000, speed: 0, bounces: 0 }, 20000);
  return ball.height + ball.speed + 1000 * ball.bounces;
};
