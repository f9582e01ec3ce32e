"""The headless commands, a module each; none imports Qt or torch before it runs.

Each module offers `add_parser(subparsers, common)`, which declares the command's options with
`common` as a parent parser and sets `run` as the parser's default; and `run(args) -> int`.
"""
