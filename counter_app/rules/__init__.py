"""The rules of the desk: pure functions on values, without input or output.

Nothing in this package reads a clock, a file or a database; whoever calls passes the moment in.
"""
