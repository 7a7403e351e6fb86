#!/usr/bin/python3
"""What the same accesses as in bench_smmap.c cost through Python's smmap.

    bench_smmap.py FILE

Exit status 77 where smmap is not installed (Debian: python3-smmap)."""
import os
import statistics
import sys
import time

try:
    import smmap
except ImportError:
    print("python3-smmap is not installed")
    sys.exit(77)

MIB = 1 << 20
REPEAT = int(os.environ.get("REPEAT", "3"))


def session(path):
    manager = smmap.SlidingWindowMapManager(window_size=MIB, max_memory_size=64 * MIB)
    return manager.make_cursor(path)


def hit(path, size):
    cursor = session(path)
    cursor.use_region(0, 64)
    count = 300000
    begun = time.process_time()
    for at in range(count):
        cursor.use_region(at & 4095, 64)
    return (time.process_time() - begun) / count


def miss(path, size):
    cursor = session(path)
    windows = size // MIB
    for at in range(windows):
        cursor.use_region(at * MIB, 64)
    count = 20000
    begun = time.process_time()
    for at in range(count):
        cursor.use_region(at % windows * MIB, 64).map()[0]
    return (time.process_time() - begun) / count


def random(path, size):
    cursor = session(path)
    count = 200000
    state = 1
    begun = time.process_time()
    for _ in range(count):
        state = (state * 6364136223846793005 + 1442695040888963407) & (1 << 64) - 1
        offset = (state >> 20) % (size - 64)
        cursor.use_region(offset, 64)
        cursor.map()[offset - cursor._region._b]
    return (time.process_time() - begun) / count


def main():
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} FILE")
    path = sys.argv[1]
    size = os.stat(path).st_size
    measures = [("hit", hit), ("miss, 1 MiB in 64 MiB", miss),
                ("random 64 bytes, 1 MiB in 64 MiB", random)]
    times = [[measure(path, size) for _, measure in measures] for _ in range(REPEAT)]
    print(f"Python's smmap, {size / MIB:.0f} MiB, median of {REPEAT}")
    for at, (name, _) in enumerate(measures):
        print(f"{name:42} {statistics.median(turn[at] for turn in times) * 1e9:10.1f} ns")


main()
