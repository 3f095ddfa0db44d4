"""How the parameters of a command are given, said without the parser: most command lines are read without it.

cyclopts takes longer to import than a small command to do its work, so that only `plandoc.cli.parsing` knows it.
"""

from __future__ import annotations

from typing import Annotated, Any


class Parameter:
    """What is to be said of a parameter to the parser, once there is one.

    Attributes:
        settings: The arguments that `cyclopts.Parameter` takes.
    """

    __slots__ = ("settings",)

    def __init__(self, **settings: Any) -> None:
        self.settings = settings


# True when it is given; it has no opposite (--no-...).
Flag = Annotated[bool, Parameter(negative="", show_default=False)]
AsJson = Annotated[bool, Parameter(name="--json", negative="", show_default=False)]
