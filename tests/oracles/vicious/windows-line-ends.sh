: one
: two
# three
