"""Names and numbers of signals on Linux, x86-64 and arm64 (man 7 signal)."""

from __future__ import annotations

_NAMES = (
    *(
        "HUP",
        "INT",
        "QUIT",
        "ILL",
        "TRAP",
        "ABRT",
        "BUS",
        "FPE",
        "KILL",
        "USR1",
        "SEGV",
        "USR2",
        "PIPE",
        "ALRM",
        "TERM",
    ),
    *("STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO"),
    *("PWR", "SYS"),
)
_NUMBERS = {name: number for number, name in enumerate(_NAMES, 1)}


def number_of_signal(text: str) -> int | None:
    """Return 15 for "TERM", "SIGTERM", "sigterm" and "15"; None if it is not a signal."""
    if text.isdecimal():
        return int(text)
    return _NUMBERS.get(text.upper().removeprefix("SIG"))


def name_of_signal(number: int) -> str:
    """Return "SIGTERM" for 15, and "signal 99" for a number without a name."""
    return f"SIG{_NAMES[number - 1]}" if 0 < number <= len(_NAMES) else f"signal {number}"
