"""The same job as somebody competent would do it with other means: customers of the stand-in into SQLite.

Each runs in an environment of its own, made from the requirements beside it: `python FILE URL DATABASE`, and prints one JSON
object with the rows and the seconds of one load of everything.
"""
