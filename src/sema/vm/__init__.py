"""The machine: values, frames, the dispatch loop and its call-site caches."""
