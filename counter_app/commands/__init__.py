"""What each command of the command line does, by theme; ``counter_app.cli`` parses and reports."""
