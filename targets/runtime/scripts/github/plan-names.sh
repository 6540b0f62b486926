# Decides which facts about names hold, with their case, which GitHub's expressions ignore.
export LC_ALL=C.UTF-8
