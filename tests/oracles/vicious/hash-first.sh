# a comment first
  # and one indented
:
