"""How fast Postbag is, each figure beside a yardstick taken in the same run.

Run by ``make bench``; ``make bench ARGS=lookups`` takes one. See docs/benchmarks.md.
"""
