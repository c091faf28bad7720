"""A process of its own that writes into a workspace and says what it has finished; run by the tests."""

import sys
from pathlib import Path

from yards import by_machine, by_person, count, scene

from yardwatch.workspace import open_workspace


def main(folder: Path, first: int, last: int) -> None:
    """Adds scenes, counts them and observes something, one after the other."""
    with open_workspace(folder) as store:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        for number in range(first, last):
            one = scene(number)
            store.add_scene(one, f"{number}.tif")
            store.save_count(count(one, 20), "count/1", [by_machine(one, 20)])
            store.add_observation(by_person(f"seen {number}"))
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
