"""The tools around the interpreter: command line, REPL, reports. Nothing else depends on them."""
