"""What happens to compiled operators when their names are redefined."""


class OperatorWatch:
    def __init__(self, machine: object) -> None:
        pass
