"""What calls cost: the programs under every call-site cache, beside Lua, LuaJIT and CPython."""
