"""Segments: a dynamic set of customers, told by a tree of conditions. Values in, values out; the store compiles the same tree.

`trees` is what a segment is, `fields` what it may ask, `reading` its JSON and its checks, `typing_in` what people type,
`days` the store's calendar, `holding` the evaluation, `time_alone` what changes though nobody bought, `moving` who came
and went and why, `catalogue` the segments of an account and the four that are there from the start.
"""
