"""What the desk bears: `python -m tests.load` (`make load`). Built from the parts of `tests.bench`; none of it is a test."""
