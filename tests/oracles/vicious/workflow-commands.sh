echo 'x::debug::not at the start of a line'
echo ' ##[section]x'
