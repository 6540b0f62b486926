echo '::stop-commands::a1b2'
echo '::set-output name=x::y'
echo '::add-path::/nowhere'
echo '::a1b2::'
