"""How fast the desk is: `python -m tests.bench` (`make bench`). One file for each figure; none of them is a test.

The bot runs as a process of its own, started as an owner starts it (`python -m bot run`), on SQLite in a fresh folder.
The stand-ins and the load run in this process, so that on two cores each side has one. Load goes to 127.0.0.1 only. A
figure is a ratio or a percentile of one run; what is lost or doubled is a failure of the bench itself.
"""
