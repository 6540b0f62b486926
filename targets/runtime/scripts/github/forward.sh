# Goes on only if this commit is, or descends from, the one that this workflow last deployed to this environment.
