"""What the clock starts. A job is: fetch, decide, write, tell."""
