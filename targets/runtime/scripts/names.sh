export LC_ALL=C # names and digests are bytes, whatever the language of the machine
