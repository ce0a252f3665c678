"""Tests, by distance from reality: rules, messages, edges, handlers, sync, contracts, stories, faults, browser."""
