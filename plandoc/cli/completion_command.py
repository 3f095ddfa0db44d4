"""`plandoc completion`: the script that a shell needs to complete the command line of plandoc."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

_SCRIPTS = Path(__file__).with_name("completions")


def completion(shell: Literal["bash", "zsh", "fish"], /) -> None:
    """Print the script that lets a shell complete commands, options and the names in the data folder.

    Load it where the shell starts. For bash, put `source <(plandoc completion bash)` into ~/.bashrc. For zsh, put
    `source <(plandoc completion zsh)` into ~/.zshrc, after compinit. For fish, write it into
    ~/.config/fish/completions/plandoc.fish.

    Args:
        shell: Which shell.

    Examples:
        source <(plandoc completion bash)
        source <(plandoc completion zsh)
        plandoc completion fish > ~/.config/fish/completions/plandoc.fish
    """
    print((_SCRIPTS / f"plandoc.{shell}").read_text("utf-8"), end="")
