# Loading the module declares the builtins; nothing in it is used from Python.
