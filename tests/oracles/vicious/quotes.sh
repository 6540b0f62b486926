echo "double" 'single' "it's" 'say "x"' \"\' "\"" ''\'''
