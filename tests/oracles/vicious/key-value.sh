key: () { :; }
key: value
