"""The study of the call caches: ``measure`` fills ``docs/study/results.json``, ``render`` makes of
that ``docs/study.md`` and its plots."""
