"""bench_peers.py - gitdb and dulwich at bench_read's job "read": the contents of the ids in a file.

    bench_peers.py gitdb|dulwich REPOSITORY IDS

Prints how many objects and bytes it read."""
import binascii
import os
import sys


def gitdb_reader(repository):
    from gitdb import GitDB

    stream = GitDB(os.path.join(repository, "objects")).stream
    return lambda digits: stream(binascii.unhexlify(digits)).read()


def dulwich_reader(repository):
    from dulwich.object_store import DiskObjectStore

    get_raw = DiskObjectStore(os.path.join(repository, "objects")).get_raw
    return lambda digits: get_raw(digits)[1]


def main():
    name, repository, ids = sys.argv[1:]
    read = {"gitdb": gitdb_reader, "dulwich": dulwich_reader}[name](repository)
    count = size = 0
    with open(ids, "rb") as lines:
        for line in lines:
            size += len(read(line.strip()))
            count += 1
    print(count, "objects", size, "bytes")


if __name__ == "__main__":
    main()
