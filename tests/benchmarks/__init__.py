"""What the bench compares us with; nothing here is imported by anything of ours."""
