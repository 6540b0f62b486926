: one
: two
: three
