"""Paper: prescribed forms (PDF), thermal slips (ESC/POS), printers and the spool that feeds them.

Stands apart from the application: everything that a paper says comes in as a frozen value of
:mod:`printing.content`; nothing here knows the database or the window.
"""
