"""`plandoc completion`: the completion script for a shell."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

_SCRIPTS = Path(__file__).with_name("completions")


def completion(shell: Literal["bash", "zsh", "fish"], /) -> None:
    """Print the script with which a shell completes commands, options and names in the data folder.

    Load it when the shell starts. For bash, put `source <(plandoc completion bash)` into ~/.bashrc. For zsh, put
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
