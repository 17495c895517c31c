"""Draws something new all over its terminal for each key that it reads, the same in each run."""

import os
import random
import sys
import tty

INSTANTS = 100


def step(dice):
    """A few things that programs do to terminals."""
    return dice.choice(
        [
            lambda: "\033[%d;%dH" % (dice.randint(1, 24), dice.randint(1, 80)),
            lambda: "\033[%d;%d;%dm" % (dice.randint(30, 37), dice.randint(40, 47), dice.choice([0, 1, 4, 7])),
            lambda: "\033[38;5;%dm" % dice.randint(16, 255),
            lambda: "\033[0m",
            lambda: "".join(dice.choice("abc xyz äöü €→█ 漢字") for _ in range(dice.randint(1, 60))),
            lambda: "\033[%dK" % dice.randint(0, 2),
            lambda: "\033[%dJ" % dice.randint(0, 1),
            lambda: "\033[%dL" % dice.randint(1, 3),
            lambda: "\033[%dM" % dice.randint(1, 3),
            lambda: "\033[%d@" % dice.randint(1, 5),
            lambda: "\033[%dP" % dice.randint(1, 5),
            lambda: "\033[%d;%dr" % (dice.randint(1, 5), dice.randint(10, 24)),
            lambda: "\033[r",
            lambda: "\r\n" * dice.randint(1, 4),
            lambda: "\033M",
            lambda: "\t",
        ]
    )()


tty.setraw(0)
sys.stdout.write("\033]2;instant 0\007")
sys.stdout.flush()
dice = random.Random(7)
for instant in range(1, INSTANTS + 1):
    os.read(0, 1)
    drawn = "".join(step(dice) for _ in range(12))
    sys.stdout.write(drawn + "\033]2;instant %d\007" % instant)
    sys.stdout.flush()
os.read(0, 1)
