"""A game of agents that strangers have written: who collects the most coins on a ring of fields?

    python examples/embedding/agents/game.py [FILE.sema ...]

An agent is a script that defines ``(play state)``. In each round it gets a map: ``:round``,
``:position``, ``:coins``, the number of them by distance ahead as a vector, and ``:rivals``, the
distances of the others; it returns how many fields it goes, from 0 to 3. With ``(remember! x)`` and
``(recall)`` it keeps one value from round to round. Each agent lives in a sandbox of its own: one
that loops, fails, or takes too much memory misses its turn, and its rivals do not notice.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Any

import sema

FIELDS = 24
ROUNDS = 40
LIMITS = {
    "fuel": 100_000,
    "timeout": 0.5,
    "memory": 4 << 20,
    "max_depth": 1_000,
    "max_output": 1_000,
}


class Agent:
    """One player: its script, where it stands, what it has."""

    def __init__(self, name: str, script: str, position: int) -> None:
        self.name = name
        self.position = position
        self.coins = 0
        self.failures: list[str] = []
        self._memory: Any = None
        self._interpreter = sema.Interpreter(sandbox=sema.Sandbox(**LIMITS))  # type: ignore[arg-type]
        self._interpreter.function(self._remember, name="remember!")
        self._interpreter.function(lambda: self._memory, name="recall")
        try:
            self._interpreter.eval(script, name)
        except sema.SemaError as error:
            self.failures.append(str(error))

    def _remember(self, value: Any) -> Any:
        self._memory = value
        return value

    def step(self, state: str) -> int:
        """How many fields it goes; none if its script fails or answers nonsense."""
        try:
            answer = self._interpreter.eval(f"(play {state})", "game")
        except sema.SemaError as error:
            self.failures.append(str(error))
            return 0
        if type(answer) is not int or not 0 <= answer <= 3:
            self.failures.append(f"no such step: {sema.write(answer)}")
            return 0
        return answer


def play(scripts: dict[str, str], seed: int = 1) -> list[Agent]:
    """Play a game; the agents, the winner first."""
    chance = random.Random(seed)
    coins = [chance.randint(0, 3) for _ in range(FIELDS)]
    agents = [
        Agent(name, script, i * FIELDS // len(scripts))
        for i, (name, script) in enumerate(scripts.items())
    ]
    for number in range(ROUNDS):
        for agent in agents:
            agent.position = (
                agent.position + agent.step(_state(number, agent, agents, coins))
            ) % FIELDS
            agent.coins += coins[agent.position]
            coins[agent.position] = 0
        coins[chance.randrange(FIELDS)] += 1
    return sorted(agents, key=lambda agent: -agent.coins)


def _state(number: int, agent: Agent, agents: list[Agent], coins: list[int]) -> str:
    ahead = " ".join(str(coins[(agent.position + i) % FIELDS]) for i in range(FIELDS))
    rivals = " ".join(str((a.position - agent.position) % FIELDS) for a in agents if a is not agent)
    return f"{{:round {number} :position {agent.position} :coins [{ahead}] :rivals '({rivals})}}"


def main(files: list[str]) -> None:
    paths = [Path(file) for file in files] or sorted(Path(__file__).parent.glob("*.sema"))
    for agent in play({path.stem: path.read_text(encoding="utf-8") for path in paths}):
        problem = (
            f"  (missed {len(agent.failures)} turns: {agent.failures[0]})" if agent.failures else ""
        )
        print(f"{agent.name:10} {agent.coins:3} coins{problem}")


if __name__ == "__main__":
    main(sys.argv[1:])
