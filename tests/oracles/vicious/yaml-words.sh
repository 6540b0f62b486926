echo yes no on off true false null '~' y n 1_000 0755 12:30:45 2001-12-14 1e3 .inf .nan
